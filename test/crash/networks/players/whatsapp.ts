/** WhatsApp's Cloud API: Meta calls again and again until it is answered with 200. */
import { must, parseAddress } from '../../../../src/core/ids.ts';
import {
  defaultAccount,
  startWhatsApp,
  type WhatsAppSimulator,
} from '../../../support/simulators/whatsapp/whatsapp.ts';
import type { Player, Taken } from '../player.ts';

const appSecret = 'app-secret-of-the-crash-run';
const FIRST = 12_025_550_200;
const PAUSE_MS = 150;

export async function whatsappPlayer(url: string): Promise<Player> {
  const sim = await startWhatsApp({ webhookUrl: () => url, appSecret, pauseMs: PAUSE_MS });
  const writer = (n: number) => ({ phone: String(FIRST + n), name: `Sheena ${String(n)}` });
  const written = new Map<number, string>();
  return {
    line: must(parseAddress('+12025550100')),
    settings: {
      ...{ token: defaultAccount.token, appSecret, verifyToken: 'verify-me' },
      ...{ businessAccountId: defaultAccount.businessAccountId, numbers: { '+12025550100': sim.line } },
      ...{ api: sim.url, mediaOrigins: [sim.graph.filesAt], perSecond: 1_000, checkEvery: '1s' },
    },
    writes: (n, text) => {
      const taken = sim.writes(writer(n), text);
      written.set(n, sim.newest);
      return taken;
    },
    sendsPicture: (n, { bytes, type, caption }) =>
      sim.sendsFile(writer(n), 'image', { bytes: Buffer.from(bytes), type, more: { caption } }),
    edits: (n, text) => {
      const message = { type: 'text', text: { body: text }, context: { id: 'M0' } };
      return sim.sends(writer(n), { type: 'edit', edit: { original_message_id: written.get(n), message } });
    },
    deletes: (n) => sim.sends(writer(n), { type: 'revoke', revoke: { original_message_id: written.get(n) } }),
    taken: () => takenBy(sim),
    arrives: (id) => sim.tells(id, 'delivered'),
    close: () => sim[Symbol.asyncDispose](),
  };
}

function takenBy({ graph }: WhatsAppSimulator): readonly Taken[] {
  const reactions = new Map<string, string>();
  for (const { body } of graph.accepted) {
    if (body.type === 'reaction') reactions.set(body.reaction.message_id, body.reaction.emoji);
  }
  return graph.accepted.flatMap(({ id, to, body, file }): readonly Taken[] => {
    if (body.type === 'reaction') return [];
    const text = body.type === 'text' ? body.text.body : body.type === 'image' ? (body.image.caption ?? '') : '';
    const emoji = reactions.get(id) ?? '';
    return [
      {
        ...{ id, person: Number(to) - FIRST, text, reactions: emoji === '' ? [] : [emoji] },
        ...(file === undefined ? {} : { picture: file.bytes }),
      },
    ];
  });
}
