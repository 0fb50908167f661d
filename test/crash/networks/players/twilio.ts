/** Twilio: it calls once, and keeps a list; files are fetched from us. */
import { simAccount, startTwilio } from '../../../support/simulators/twilio/twilio.ts';
import type { Player } from '../player.ts';

const FIRST = 12_025_550_300;

export async function twilioPlayer(url: string): Promise<Player> {
  const sim = await startTwilio({ webhookUrl: url });
  const from = (n: number): string => `+${String(FIRST + n)}`;
  return {
    settings: {
      ...{ accountSid: simAccount.sid, authToken: simAccount.token },
      ...{ api: sim.url, perSecond: 1_000, window: 100 },
    },
    fetchFrom: [new URL(sim.filesUrl).host],
    callsOnce: true,
    writes: (n, text) => sim.customerWrites(text, { from: from(n) }),
    sendsPicture: (n, { bytes, type, caption }) =>
      sim.customerWrites(caption, { from: from(n), files: [{ bytes, type }] }),
    taken: () =>
      sim.sent.map(({ sid, to, body, media: [picture] }) => ({
        ...{ id: sid, person: Number(to) - FIRST, text: body },
        ...(picture === undefined ? {} : { picture: picture.bytes }),
      })),
    arrives: (sid) => sim.becomes(sid, 'delivered'),
    close: () => sim[Symbol.asyncDispose](),
  };
}
