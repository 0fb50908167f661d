/** A phone with SMS Gateway for Android: it calls until it is answered, and lists what came in. */
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { simPhone, startAndroid } from '../../../support/simulators/android/android.ts';
import type { Player } from '../player.ts';

const FIRST = 12_025_550_400;

export async function androidPlayer(): Promise<Player> {
  const sim = await startAndroid({ pauseMs: 50, retries: 10_000 });
  const { username, password, signingKey } = simPhone;
  const from = (n: number): string => `+${String(FIRST + n)}`;
  return {
    line: must(parseAddress(simPhone.number)),
    settings: { url: sim.url, server: 'local', username, password, signingKey, mms: true, perSecond: 100 },
    writes: (n, text) => sim.customerWrites(text, { from: from(n) }),
    sendsPicture: (n, { bytes, type, caption }) =>
      // Every other one is fetched from the phone.
      sim.customerSendsFiles(caption, [{ bytes, type, name: 'shelf.jpg' }], n % 2 === 0, from(n)),
    taken: () =>
      sim.sent.map(({ id, to, text, files: [picture] }) => ({
        ...{ id, person: Number(to) - FIRST, text },
        ...(picture === undefined ? {} : { picture: picture.bytes }),
      })),
    givesUp: () => {
      sim.givesUp();
    },
    arrives: (id) => sim.becomes(id, 'Delivered'),
    close: () => sim[Symbol.asyncDispose](),
  };
}
