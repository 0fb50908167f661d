/** The entry that an asked event would be: so it is judged as it would be after it was sent. */
import type { Direction, EntryOf } from '../../core/entry.ts';
import { must, parsePosition, type ClassId, type Millis } from '../../core/ids.ts';
import type { AskedEvent } from '../../core/ports/presend.ts';
import { messageOf } from '../judging/message-of.ts';
import type { JudgedMessage } from '../message.ts';

/** Behind everything on record. */
const NEXT = must(parsePosition(Number.MAX_SAFE_INTEGER));

interface At {
  readonly now: Millis;
  readonly direction: Direction;
  readonly class: ClassId;
}

export function askedEntry(event: AskedEvent, { now, direction, class: klass }: At): EntryOf<'matrix.event'> {
  const { id, type, room, sender, at, stateKey, content } = event;
  const body = { event_id: id, type, room_id: room, sender, origin_server_ts: at, content };
  return {
    ...{ kind: 'matrix.event', v: 1, position: NEXT, at, recordedAt: now, class: klass, room, direction },
    source: { system: 'matrix', id, sure: true },
    actor: sender,
    body: stateKey === undefined ? body : { ...body, state_key: stateKey },
  };
}

/** Undefined where nobody says anything by it. It has no position: nothing of it is on record. */
export function askedMessage(entry: EntryOf<'matrix.event'>): JudgedMessage | undefined {
  const message = messageOf(entry);
  if (message === undefined) return undefined;
  const { pieces, unread, content } = message;
  return { pieces, unread, content };
}
