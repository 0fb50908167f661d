/** A real Synapse for a test file, with a directory of its own that goes when it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../src/demo/synapse/free-port.ts';
import { installSynapse } from '../../src/demo/synapse/install.ts';
import { startSynapse, type Synapse } from '../../src/demo/synapse/start.ts';
import {
  archiveRegistration,
  bridgeRegistration,
  registrationYaml,
  type RegistrationTokens,
} from '../../src/matrix/registrations.ts';
import { StaffClient } from './staff-client.ts';

export const DOMAIN = 'acme.example';
/** Long enough for an installation on a machine that has none. */
export const SYNAPSE_START_MS = 300_000;
const CACHE = path.resolve(import.meta.dirname, '../../.cache/synapse');

export interface AppserviceAddress {
  readonly tokens: RegistrationTokens;
  readonly listen: { readonly host: string; readonly port: number };
}

export interface TestSynapse extends AsyncDisposable {
  readonly server: Synapse;
  readonly url: string;
  readonly domain: string;
  /** Where Synapse expects the two appservices. */
  readonly bridge: AppserviceAddress;
  readonly archive: AppserviceAddress;
  /** An account and its own client, in sync. */
  staff(name: string): Promise<StaffClient>;
}

export async function testSynapse(options: { protocols?: readonly string[] } = {}): Promise<TestSynapse> {
  const dir = await mkdtemp(path.join(tmpdir(), 'gatehouse-synapse-'));
  const installation = await installSynapse({ cacheDir: CACHE });
  const [bridge, archive] = [await address('bridge'), await address('archive')];
  const registrations = [path.join(dir, 'registration.yaml'), path.join(dir, 'registration.archive.yaml')];
  const protocols = options.protocols ?? ['sms'];
  const texts = [
    bridgeRegistration({ domain: DOMAIN, url: urlOf(bridge), tokens: bridge.tokens, protocols }),
    archiveRegistration({ domain: DOMAIN, url: urlOf(archive), tokens: archive.tokens }),
  ].map(registrationYaml);
  await Promise.all(registrations.map((file, index) => writeFile(file, texts[index] ?? '')));
  const server = await startSynapse({ installation, dir: path.join(dir, 'synapse'), domain: DOMAIN, registrations });
  const clients: StaffClient[] = [];
  return {
    server,
    url: server.url,
    domain: DOMAIN,
    bridge,
    archive,
    staff: async (name) => {
      const account = await server.registerUser(name, `password of ${name}`);
      const client = await StaffClient.start(server.url, account);
      clients.push(client);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.stop();
      await server.kill('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function address(name: string): Promise<AppserviceAddress> {
  const tokens = { as: `as-token-of-${name}`, hs: `hs-token-of-${name}` };
  return { tokens, listen: { host: '127.0.0.1', port: await freePort() } };
}

function urlOf(service: AppserviceAddress): string {
  return `http://${service.listen.host}:${String(service.listen.port)}`;
}
