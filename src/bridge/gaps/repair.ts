/**
 * Puts the missing events of a look on record: `gap.found` for each room, its events oldest first, and at the end of the
 * look one `gap.repaired`. Killed in between, what is on record stays, and the next look, which is made at the start,
 * fetches the rest and closes what is open.
 */
import type { Draft } from '../../core/entry.ts';
import type { EventId, Millis, Position } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { EventsOnRecord } from '../../core/ports/room-history.ts';
import type { GapLook } from '../../core/watch-entries.ts';
import type { GapDeps } from './gap-deps.ts';
import { MOST_NAMED, openGaps, type OpenGap } from './gap-store.ts';
import { recordLate, type LateEvent } from './late-events.ts';
import type { GapPage, RoomGap } from './room-walk.ts';

/** Ids that are looked up on record at once. */
const AT_ONCE = 1_000;

type RepairDeps = Pick<GapDeps, 'journal' | 'history' | 'onRecord' | 'clock'>;

/** The gap as it is now: without what came meanwhile; undefined when all of it came. */
export async function stillAbsent(gap: RoomGap, onRecord: EventsOnRecord): Promise<RoomGap | undefined> {
  const ids = gap.pages.flatMap((page) => page.absent.map((event) => event.id));
  const missing = new Set<EventId>();
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    for (const id of await onRecord.missing(ids.slice(start, start + AT_ONCE))) missing.add(id);
  }
  if (missing.size === 0) return undefined;
  const pages = gap.pages
    .map((page): GapPage => ({ ...page, absent: page.absent.filter((event) => missing.has(event.id)) }))
    .filter((page) => page.absent.length > 0);
  return { ...gap, pages, size: missing.size };
}

/** Resolves with the failure that kept events from being fetched, if there was one. */
export async function repairRoom(gap: RoomGap, by: GapLook, deps: RepairDeps): Promise<HomeserverFailure | undefined> {
  await deps.journal.append([foundDraft(gap, by, deps.clock.now())]);
  for (const page of gap.pages.toReversed()) {
    const got = await deps.history.page(gap.room, page.from);
    if (!got.ok) return got.error;
    const wanted = new Set(page.absent.map((event) => event.id));
    const { events } = got.value;
    const late = events.flatMap((event, index): LateEvent[] =>
      wanted.has(event.id) ? [{ event, after: events[index + 1]?.id ?? page.before }] : [],
    );
    await recordLate(late.toReversed(), 'gap', deps.journal);
  }
  return undefined;
}

/** Named after what is missing, so that the same gap found again, after a crash before anything was fetched, is one. */
function foundDraft(gap: RoomGap, by: GapLook, at: Millis): Draft {
  const { room, size: events } = gap;
  const absent = gap.pages.flatMap((page) => page.absent);
  const times = absent.map((event) => event.at).toSorted((a, b) => a - b);
  const unreadable = absent.filter((event) => event.pruned).length;
  const id = `gap.found/${room}/${absent.at(0)?.id ?? ''}/${absent.at(-1)?.id ?? ''}/${events}`;
  const source = { system: 'gatehouse', id, sure: true };
  const [from = at] = times;
  return { kind: 'gap.found', at, room, source, body: { room, events, unreadable, from, to: times.at(-1) ?? at, by } };
}

/** What one look, and looks before it that were cut off, put on record. */
export interface Repaired {
  readonly events: number;
  readonly unreadable: number;
}

/** Closes every open gap of `rooms`, or all of them. */
export async function closeGaps(
  by: GapLook,
  rooms: ReadonlySet<string> | undefined,
  deps: Pick<GapDeps, 'journal' | 'clock'>,
): Promise<Repaired> {
  const open = (await deps.journal.views.read((reading) => openGaps(reading))).filter(
    (gap) => rooms === undefined || rooms.has(gap.room),
  );
  const [first] = open;
  if (first === undefined) return { events: 0, unreadable: 0 };
  const named = open.map(repairedIn).toSorted((a, b) => b.events - a.events || a.found - b.found);
  const events = sum(named.map((gap) => gap.events));
  const unreadable = sum(named.map((gap) => gap.unreadable));
  const at = deps.clock.now();
  const source = { system: 'gatehouse', id: `gap.repaired/${first.found}/${named.length}/${events}`, sure: true };
  const body = { by, rooms: named.length > MOST_NAMED && events > 0 ? [] : named, events, unreadable };
  await deps.journal.append([{ kind: 'gap.repaired', at, source, body }]);
  return { events, unreadable };
}

/**
 * What was found and is not on record is gone from the homeserver, or came by itself before it was fetched; only a look
 * that read the room again could tell, and that one finds it again where it is still missing.
 */
function repairedIn({ found, room, fetched, unreadable, from, to }: OpenGap): {
  readonly found: Position;
  readonly room: OpenGap['room'];
  readonly events: number;
  readonly unreadable: number;
  readonly from: Millis;
  readonly to: Millis;
} {
  return { found, room, events: fetched, unreadable: Math.min(unreadable, fetched), from, to };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
