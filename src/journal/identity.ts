/** When two drafts are one thing that happened (DESIGN 5): keyed hashes of where it came from and of what it says. */
import { createHmac, type KeyObject } from 'node:crypto';
import type { Draft, MatrixEvent, Source } from '../core/entry.ts';
import { jcs, type JsonObject } from '../core/json.ts';

/** HMAC of source system and id: what the header and the index hold of them. */
export function sourceHash(key: KeyObject, source: Pick<Source, 'system' | 'id'>): Uint8Array {
  return keyed(key, 'source', `${source.system}\0${source.id}`);
}

/** HMAC of the content; `body` is its canonical text. */
export function digestOf(key: KeyObject, draft: Draft, body: string): Uint8Array {
  return keyed(key, 'digest', draft.kind === 'matrix.event' ? comparable(draft.body) : `${draft.kind}\0${body}`);
}

/** As `digestOf` of a Matrix event. */
export function eventDigest(key: KeyObject, event: Comparable): Uint8Array {
  return keyed(key, 'digest', comparable(event));
}

export type Comparable = Omit<MatrixEvent, 'event_id'>;

/** Each stream and `/messages` give an event other `age`, `unsigned` and `user_id`: they don't count. */
function comparable(event: Comparable): string {
  const { type, room_id, sender, state_key, origin_server_ts, content, redacts } = event;
  const members: JsonObject = { type, room_id, sender, state_key, origin_server_ts, content, redacts };
  return `matrix.event\0${jcs(members)}`;
}

function keyed(key: KeyObject, use: string, text: string): Uint8Array {
  return createHmac('sha256', key).update(`${use}\0${text}`).digest();
}
