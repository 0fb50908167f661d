/** Makes accounts with the registration secret (Synapse admin API, "Shared-Secret Registration"). */
import { createHmac } from 'node:crypto';
import { z } from 'zod';

export interface Account {
  readonly userId: string;
  readonly password: string;
  readonly accessToken: string;
  readonly deviceId: string;
}

const nonceShape = z.object({ nonce: z.string() });
const accountShape = z.object({ user_id: z.string(), access_token: z.string(), device_id: z.string() });

/** @throws Error when Synapse refuses, with what it said. */
export async function registerUser(
  server: { readonly url: string; readonly secret: string },
  user: { readonly name: string; readonly password: string; readonly admin: boolean; readonly displayName?: string },
): Promise<Account> {
  const endpoint = `${server.url}/_synapse/admin/v1/register`;
  const { nonce } = nonceShape.parse(await (await fetch(endpoint)).json());
  const parts = [nonce, user.name, user.password, user.admin ? 'admin' : 'notadmin'];
  const mac = createHmac('sha1', server.secret).update(parts.join('\0')).digest('hex');
  const response = await fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify({
      nonce,
      username: user.name,
      password: user.password,
      admin: user.admin,
      displayname: user.displayName ?? user.name,
      mac,
    }),
  });
  if (!response.ok) throw new Error(`Synapse did not make ${user.name}: ${await response.text()}`);
  const made = accountShape.parse(await response.json());
  return {
    userId: made.user_id,
    password: user.password,
    accessToken: made.access_token,
    deviceId: made.device_id,
  };
}
