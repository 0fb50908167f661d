/** Traffic with all that follows from it: a text from a customer, a colleague's answer, and talk among staff. */
import type { Draft, DraftOf } from '../../src/core/entry.ts';
import {
  must,
  parseConnectorId,
  parseNetworkId,
  parsePosition,
  parseRemoteId,
  parseRoomId,
} from '../../src/core/ids.ts';
import type { Position } from '../../src/core/ids.ts';
import { DOMAIN, eventDraft, messageDraft, roomAt } from './traffic.ts';

const connector = must(parseConnectorId('sms1'));
const network = must(parseNetworkId('sms'));
/** Entries of one round: 3 of a text, 4 of an answer, 3 of talk. */
export const ROUND = 10;

/** `rounds` of them, as they stand on record when the first gets the position `from`. */
export function conversations(rounds: number, from: number, contacts: number): readonly Draft[] {
  return Array.from({ length: rounds }, (_, i) => {
    const at = from + i * ROUND;
    // Far apart for neighbours: nobody writes twice in a row.
    const contact = (at * 7_919) % contacts;
    return [...textFrom(contact, at), ...answerTo(contact, at + 3), ...talk(at)];
  }).flat();
}

function textFrom(contact: number, at: number): readonly Draft[] {
  const of = must(parsePosition(at));
  const shown = eventDraft(roomAt(contact), `_gh_sms_1202556${String(contact).padStart(4, '0')}`);
  const content = { ...shown.body.content, 'org.gatehouse.source': { position: of, part: 'text' } };
  const body = { ...shown.body, content };
  return [
    messageDraft(contact),
    outcome(of, { target: 'matrix', state: 'sent', eventId: shown.body.event_id }),
    { ...shown, body, raw: Buffer.from(JSON.stringify({ ...body, age: 31 })) },
  ];
}

function answerTo(contact: number, at: number): readonly Draft[] {
  const of = must(parsePosition(at));
  const answer = eventDraft(roomAt(contact), `staff${String(at % 30)}`);
  const remoteId = must(parseRemoteId(`remote-${String(at)}`));
  const told = answer.body.content['body'];
  return [
    answer,
    {
      ...{ kind: 'delivery.attempt', at: answer.at, source: by(`attempt/${String(of)}`) },
      body: { of, attempt: 1, target: 'network', text: typeof told === 'string' ? told : '' },
    },
    outcome(of, { target: 'network', state: 'sent', ids: [remoteId] }),
    {
      ...{ kind: 'network.receipt', at: answer.at },
      source: { system: `network:${connector}`, id: `receipt/${remoteId}`, sure: false, mayRepeat: false },
      body: { connector, network, remoteId, state: 'delivered' },
    },
  ];
}

function talk(at: number): readonly Draft[] {
  return [0, 1, 2].map((n) => {
    const room = must(parseRoomId(`!team${String((at + n) % 20)}:${DOMAIN}`));
    return eventDraft(room, `staff${String((at + n) % 30)}`);
  });
}

function outcome(of: Position, what: Omit<DraftOf<'delivery.outcome'>['body'], 'of'>): DraftOf<'delivery.outcome'> {
  const { at } = eventDraft(roomAt(0), 'staff0');
  return { kind: 'delivery.outcome', at, source: by(`outcome/${String(of)}`), body: { of, ...what } };
}

function by(id: string): Draft['source'] {
  return { system: 'gatehouse', id: `bench/${id}`, sure: true };
}
