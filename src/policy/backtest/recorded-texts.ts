/** What of the record a rule would have judged, entry by entry, as the gate and the screen would have asked it. */
import type { Direction, Entry, MatrixEvent } from '../../core/entry.ts';
import type { RoomId, UserId } from '../../core/ids.ts';
import type { EntryRow } from '../../journal/entry-store.ts';
import { saysSomething } from '../judging/event-texts.ts';
import { messageGoingOut, messageOf } from '../judging/message-of.ts';
import type { JudgedMessage } from '../message.ts';

export interface TextsOf {
  /** What a network was to be given of a message of staff, or of its edit; undefined where nothing was to go out. */
  readonly goingOut: (event: MatrixEvent) => string | undefined;
  /** Ghosts and bots: they only show what others said. */
  readonly isOurs: (user: UserId) => boolean;
  /** Desks and chats with our bots: what is quoted there was judged where it was said. */
  readonly isOurRoom: (room: RoomId) => Promise<boolean>;
}

export interface Recorded {
  readonly direction: Direction;
  readonly message: JudgedMessage;
}

const saying: ReadonlySet<Entry['kind']> = new Set(['matrix.event', 'network.message', 'portal.wanted'] as const);

/** Whether it is worth opening: by what stands in clear of it. */
export function maySay({ kind, direction, echo_of }: Pick<EntryRow, 'kind' | 'direction' | 'echo_of'>): boolean {
  return saying.has(kind) && direction !== null && echo_of === null;
}

/** Undefined for what nobody said, or what was only shown again. */
export async function recordedText(entry: Entry, texts: TextsOf): Promise<Recorded | undefined> {
  const { direction } = entry;
  if (direction === undefined) return undefined;
  const message = entry.kind === 'matrix.event' ? await ofEvent(entry, texts) : ofOther(entry);
  return message === undefined ? undefined : { direction, message };
}

async function ofEvent(entry: Entry & { readonly kind: 'matrix.event' }, texts: TextsOf) {
  const { body, direction } = entry;
  if (texts.isOurs(body.sender)) return undefined;
  if (direction === 'outbound') {
    const text = texts.goingOut(body);
    return text === undefined ? undefined : messageGoingOut(entry, text);
  }
  if (!saysSomething(body) || (await texts.isOurRoom(body.room_id))) return undefined;
  return messageOf(entry);
}

function ofOther(entry: Entry): JudgedMessage | undefined {
  if (entry.kind !== 'portal.wanted') return messageOf(entry);
  return entry.body.text === undefined ? undefined : messageGoingOut(entry, entry.body.text);
}
