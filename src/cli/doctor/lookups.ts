/**
 * On which networks clients can look people up: Synapse asks us about those alone that the registration names, and it
 * read that file when it was started. A line on a network that came later is found by nobody.
 */
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { warning, type Finding } from './finding.ts';
import type { Probe } from './homeserver-probe.ts';

/** By name (Client-Server API, "Third-party Lookups"). */
const protocols = z.record(z.string(), z.unknown());

/** Nothing where all is well, or where the homeserver doesn't say. Only while Gatehouse runs: Synapse asks it. */
export async function checkLookups(
  { homeserver, lines }: Pick<Config, 'homeserver' | 'lines'>,
  probe: Probe,
): Promise<readonly Finding[]> {
  const token = homeserver.tokens.bridge.as.reveal();
  const answer = await probe({ path: '/_matrix/client/v3/thirdparty/protocols', token });
  const offered = protocols.safeParse(answer?.body);
  if (answer?.status !== 200 || !offered.success) return [];
  const missing = [...new Set(lines.map(({ network }) => network))].filter((network) => !(network in offered.data));
  if (missing.length === 0) return [];
  const message = `nobody can be looked up on ${missing.join(', ')}: Synapse's registration of the bridge was made without`;
  return [warning('lookups', message, 'run gatehouse register and restart Synapse')];
}
