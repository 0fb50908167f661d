/**
 * Whether Synapse deletes by age itself: it knows no holds and no classes. It tells only where its `retention` is on and
 * MSC1763 is switched on as well (`/org.matrix.msc1763/retention/configuration`, Synapse 1.156); elsewhere a person looks.
 */
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { fine, warning, type Finding } from './finding.ts';
import type { Probe } from './homeserver-probe.ts';

const ID = 'homeserver-retention';
const PATH = '/_matrix/client/unstable/org.matrix.msc1763/retention/configuration';

const configurationShape = z.object({
  policies: z.record(z.string(), z.object({ max_lifetime: z.number().optional() })),
});

export async function checkOwnRetention(
  { homeserver }: Pick<Config, 'homeserver'>,
  probe: Probe,
): Promise<readonly Finding[]> {
  const answer = await probe({ path: PATH, token: homeserver.tokens.bridge.as.reveal() });
  if (answer === undefined) return [];
  const told = configurationShape.safeParse(answer.body);
  if (answer.status !== 200 || !told.success) {
    const look = 'Synapse does not tell whether it deletes by age itself: retention must not be on in homeserver.yaml';
    return [fine(ID, look)];
  }
  const days = Math.floor((told.data.policies['*']?.max_lifetime ?? 0) / 86_400_000);
  const every = days > 0 ? `everything older than ${String(days)} days` : 'what m.room.retention of a room says';
  return [
    warning(
      ID,
      `Synapse deletes ${every} itself, and knows no holds`,
      'set retention.enabled: false in homeserver.yaml and restart it; Gatehouse can purge by its own classes: retention.homeserver.purge',
    ),
  ];
}
