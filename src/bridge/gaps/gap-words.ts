/** What a desk is told of a repaired gap: how much was missing, where, from when, and that it is on record now. */
import { DateTime } from 'luxon';
import type { EntryBodies } from '../../core/entry.ts';
import type { Millis, RoomId } from '../../core/ids.ts';

/** Rooms that are named; of more their number is told. */
export const MOST_TOLD = 3;

type Repaired = EntryBodies['gap.repaired'];

/** One row for each room, the largest first: a look that a crash cut off has found a room twice. */
export function roomsOf(repaired: Repaired): Repaired['rooms'] {
  const byRoom = new Map<RoomId, Repaired['rooms'][number]>();
  for (const gap of repaired.rooms) {
    const before = byRoom.get(gap.room);
    if (gap.events > 0) byRoom.set(gap.room, before === undefined ? gap : joined(before, gap));
  }
  return [...byRoom.values()].toSorted((a, b) => b.events - a.events);
}

function joined(a: Repaired['rooms'][number], b: Repaired['rooms'][number]): Repaired['rooms'][number] {
  const events = a.events + b.events;
  const from = a.from < b.from ? a.from : b.from;
  return { ...a, events, unreadable: a.unreadable + b.unreadable, from, to: a.to > b.to ? a.to : b.to };
}

export interface GapTelling {
  readonly repaired: Repaired;
  /** When it was recorded. */
  readonly at: Millis;
  /** IANA zone of the desk. */
  readonly timezone: string;
  /** How a room is called: `room “Deals”`. */
  readonly title: (room: RoomId) => string;
}

export function gapWords({ repaired, at, timezone, title }: GapTelling): string {
  const rooms = roomsOf(repaired);
  const time = (when: Millis): string => shown(when, at, timezone);
  const [only, second] = rooms;
  const single = only !== undefined && second === undefined;
  const where = single ? title(only.room) : rooms.length === 0 ? 'many rooms' : `${counted(rooms.length)} rooms`;
  const from = DateTime.fromMillis(Math.min(...rooms.map((gap) => gap.from)));
  const to = DateTime.fromMillis(Math.max(...rooms.map((gap) => gap.to)));
  const span = rooms.length === 0 ? '' : ` (${spanOf(from, to, { at, timezone })})`;
  const were = repaired.events === 1 ? '1 event' : `${counted(repaired.events)} events`;
  const not = repaired.events === 1 ? 'was not delivered' : 'were not delivered';
  const first = `Gap: ${were} of ${where}${span} ${not} to us by the homeserver; fetched and recorded at ${time(at)}.`;
  const named = single || rooms.length === 0 ? [] : [largest(rooms, title)];
  return [first, ...named, ...unreadable(repaired)].join('\n');
}

function largest(rooms: Repaired['rooms'], title: GapTelling['title']): string {
  const some = rooms.slice(0, MOST_TOLD).map((gap) => `${title(gap.room)}: ${counted(gap.events)}`);
  const rest = rooms.length - some.length;
  return `${some.join(' · ')}${rest > 0 ? ` · and ${counted(rest)} more` : ''}`;
}

function unreadable({ events, unreadable: gone }: Repaired): readonly string[] {
  if (gone === 0) return [];
  const one = gone === 1;
  const what = events === 1 ? 'It' : one ? '1 of them' : `${counted(gone)} of them`;
  return [
    `${what} can't be read: ${one ? 'it was' : 'they were'} deleted before we could fetch ${one ? 'it' : 'them'}.`,
  ];
}

function spanOf(from: DateTime, to: DateTime, { at, timezone }: Pick<GapTelling, 'at' | 'timezone'>): string {
  const [first, last] = [from, to].map((time) => shown(time.toMillis(), at, timezone));
  return first === last ? `${first}` : `${first}–${last}`;
}

/** `10:06`, with the day where that is another than the one on which it is told. */
function shown(when: number, told: Millis, timezone: string): string {
  const time = DateTime.fromMillis(when, { zone: timezone });
  const sameDay = time.hasSame(DateTime.fromMillis(told, { zone: timezone }), 'day');
  return time.toFormat(sameDay ? 'HH:mm' : 'd LLL HH:mm');
}

function counted(n: number): string {
  return n.toLocaleString('en-US');
}
