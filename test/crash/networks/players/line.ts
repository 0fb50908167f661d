/**
 * LINE over the `http` connector, by the config that is shipped for it: a webhook that comes again until it is answered with
 * 200, and pictures at links of ours, fetched by whoever opens the chat, in another life of Gatehouse perhaps.
 */
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { httpExample } from '../../../support/http-example.ts';
import { startLine } from '../../../support/simulators/line/line.ts';
import type { Pushed } from '../../../support/simulators/line/pushes.ts';
import type { Player, Taken } from '../player.ts';
import { LinkedFiles } from './linked-files.ts';

const PAUSE_MS = 150;
const USER = `U${'4af4980629'.padEnd(28, 'a')}`;

export async function linePlayer(url: string): Promise<Player> {
  const secrets = { token: 'line-token-of-the-crash-run', channelSecret: 'channel-secret-of-the-crash-run' };
  const sim = await startLine({ webhookUrl: () => url, ...secrets, pauseMs: PAUSE_MS, opens: 'later' });
  const origins = { 'https://api.line.me': sim.url, 'https://api-data.line.me': sim.dataUrl };
  const { settings, address } = httpExample('line', { secrets, origins });
  const files = new LinkedFiles();
  const user = (n: number): string => `${USER}${n.toString(16).padStart(4, '0')}`;
  return {
    line: must(parseAddress(address)),
    settings: { ...settings, perSecond: 1_000, checkEvery: '1s' },
    fetchFrom: [new URL(sim.dataUrl).host],
    writes: (n, text) => sim.writes(user(n), text),
    // LINE has no captions.
    wordless: user,
    sendsPicture: (n, { bytes }) => {
      const event = sim.message({ type: 'image', contentProvider: { type: 'line' } });
      sim.contents.set(sim.newest, Buffer.from(bytes));
      return sim.event(user(n), event);
    },
    taken: () => sim.pushed.flatMap((one) => takenOf(one, files)),
    close: () => sim[Symbol.asyncDispose](),
  };
}

/** A picture stands there when it was fetched. */
function takenOf({ id, to, text, link }: Pushed, files: LinkedFiles): readonly Taken[] {
  const taken = { id, person: Number.parseInt(to.slice(-4), 16), text };
  if (link === undefined) return [taken];
  const sha256 = files.at(link);
  return sha256 === undefined ? [] : [{ ...taken, picture: { sha256 } }];
}
