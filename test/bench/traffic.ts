/** Made-up traffic that looks like a company's: the same for the same seed. */
import { createHash } from 'node:crypto';
import type { Draft, DraftOf } from '../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseContactId,
  parseEventId,
  parseLineId,
  parseMillis,
  parseNetworkId,
  parsePortalId,
  parseRoomId,
  parseUserId,
  type PortalId,
  type Position,
  type RoomId,
} from '../../src/core/ids.ts';

export const DOMAIN = 'acme.example';
export const CONTACTS = 50;
const START = 1_760_000_000_000;
const line = must(parseLineId('sales'));
const connector = must(parseConnectorId('sms1'));
const network = must(parseNetworkId('sms'));
const recordClass = must(parseClassId('bench'));

/** Numbers in [0, 1): xorshift32, so that every run measures the same texts. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

const random = numbers(20_26);
const syllables = [
  'an',
  'bel',
  'cor',
  'da',
  'ent',
  'fi',
  'gra',
  'hol',
  'in',
  'jo',
  'ka',
  'lo',
  'mer',
  'no',
  'or',
  'pe',
];
const vocabulary = Array.from({ length: 5_000 }, (_, i) =>
  [i % 16, (i >> 4) % 16, (i >> 8) % 16, i % 7].map((at) => syllables[at] ?? '').join(''),
);

/** Few words are frequent, many are rare. */
function word(): string {
  return vocabulary[Math.floor(vocabulary.length * random() ** 3)] ?? 'word';
}

/** Words that many texts have. */
export function frequentWords(count: number): readonly string[] {
  return vocabulary.slice(0, count);
}

/** About 90 bytes, as people write on phones. */
export function text(): string {
  return Array.from({ length: 8 + Math.floor(random() * 10) }, word).join(' ');
}

let made = 0;

function next(): number {
  made += 1;
  return made;
}

export function roomAt(contact: number): RoomId {
  return must(parseRoomId(`!portal${contact}:${DOMAIN}`));
}

/** A message event as Synapse delivers it; raw is its slice of the transaction. */
export function eventDraft(room: RoomId, sender: string): DraftOf<'matrix.event'> {
  const n = next();
  const at = must(parseMillis(START + n * 100));
  const body = {
    event_id: must(parseEventId(`$${createHash('sha256').update(String(n)).digest('base64url')}`)),
    type: 'm.room.message',
    room_id: room,
    sender: must(parseUserId(`@${sender}:${DOMAIN}`)),
    origin_server_ts: at,
    content: { msgtype: 'm.text', body: text(), 'm.mentions': {} },
  };
  const wire = { ...body, age: 31, unsigned: { age: 31 }, user_id: body.sender };
  return {
    kind: 'matrix.event',
    at,
    source: { system: 'matrix', id: body.event_id, sure: true },
    ...{ actor: body.sender, room, class: recordClass },
    body,
    raw: Buffer.from(JSON.stringify(wire)),
  };
}

/** A text from a customer, as the SMPP connector gives it. */
export function messageDraft(contact: number): DraftOf<'network.message'> {
  const n = next();
  const at = must(parseMillis(START + n * 100));
  const said = text();
  return {
    kind: 'network.message',
    at,
    source: { system: `network:${connector}`, id: `deliver/${n}`, sure: false, mayRepeat: false },
    line,
    class: recordClass,
    body: {
      ...{ connector, network, text: said },
      to: must(parseAddress('+12025550100')),
      from: must(parseAddress(`+1202556${String(contact).padStart(4, '0')}`)),
      wire: { encoding: 'gsm7', data_coding: 0, esm_class: 0, parts: 1 },
    },
    raw: Buffer.from(`\0\0\0\0\0\x05\0\0\0\0${said}`),
  };
}

/** What makes the portal of `contact` usable: the entry of its first text was at `first`. */
export function openedDraft(contact: number, first: Position): DraftOf<'portal.opened'> {
  const room = roomAt(contact);
  return {
    kind: 'portal.opened',
    at: must(parseMillis(START)),
    source: { system: 'gatehouse', id: `opened/${contact}`, sure: true },
    room,
    body: { room, line, network, portal: portalOf(first), contact: must(parseContactId(`c${first}`)) },
  };
}

function portalOf(first: Position): PortalId {
  return must(parsePortalId(`p${first}`));
}

/** Internal rooms only: what the journal does by itself. */
export function internal(count: number): readonly Draft[] {
  return Array.from({ length: count }, (_, i) =>
    eventDraft(must(parseRoomId(`!team${i % 20}:${DOMAIN}`)), `staff${i % 30}`),
  );
}

/** A working day: customers' texts, staff's answers in their portals, and talk among staff. */
export function mixed(count: number): readonly Draft[] {
  return Array.from({ length: count }, (_, i) => {
    const contact = Math.floor(random() * CONTACTS);
    if (i % 5 < 2) return messageDraft(contact);
    if (i % 5 < 4) return eventDraft(roomAt(contact), `staff${i % 30}`);
    return eventDraft(must(parseRoomId(`!team${i % 20}:${DOMAIN}`)), `staff${i % 30}`);
  });
}
