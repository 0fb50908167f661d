/**
 * Rooms that existed before Gatehouse: their history is put on record as far back as the config says, once for each room,
 * slowly. How far it came is noted in the commit of each page, so that a restart goes on there. It is no gap: nobody is told.
 */
import type { Millis, RoomId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { HistoryPage, RoomHistory } from '../../core/ports/room-history.ts';
import type { GapDeps } from './gap-deps.ts';
import { recordLate, type LateEvent } from './late-events.ts';
import { walkedBack, walkedBackNote } from './look-notes.ts';
import { pacedHistory } from './paced-history.ts';

export interface WalkBackBounds {
  /** What is older than this stays unrecorded. */
  readonly until: Millis;
  /** What is newer than this should have been brought to us: it is a gap's. */
  readonly origin: Millis;
}

/** Resolves with false when the homeserver went away, or we were told to stop: it goes on at the next round. */
export async function walkAllBack(bounds: WalkBackBounds, signal: AbortSignal, deps: GapDeps): Promise<boolean> {
  const history = pacedHistory(deps.history, { slow: true, clock: deps.clock, signal });
  let from: string | undefined;
  do {
    const page = await history.rooms(from);
    if (!page.ok) return false;
    for (const room of page.value.rooms) {
      const failure = await walkBack(room, bounds, { ...deps, history });
      if (failure !== undefined && isAway(failure)) return false;
    }
    from = page.value.next;
  } while (from !== undefined);
  return true;
}

/** A room that can't be read is left until the next round. */
function isAway({ kind }: HomeserverFailure): boolean {
  return kind === 'down' || kind === 'unclear' || kind === 'rate-limited';
}

type WalkBackDeps = Pick<GapDeps, 'journal' | 'onRecord' | 'metrics'> & { readonly history: RoomHistory };

async function walkBack(
  room: RoomId,
  bounds: WalkBackBounds,
  deps: WalkBackDeps,
): Promise<HomeserverFailure | undefined> {
  let walked = await walkedBack(room, deps);
  while (walked?.done !== true) {
    const page = await deps.history.page(room, walked?.from);
    if (!page.ok) return page.error;
    const late = await absentIn(page.value, bounds, deps);
    walked = nextAfter(page.value, bounds, walked?.from);
    const also = { kv: [walkedBackNote(room, walked)] };
    const appended = await recordLate(late.toReversed(), 'walk-back', deps.journal, also);
    deps.metrics.count('walked_back_events', {}, appended.filter((one) => !one.duplicate).length);
  }
  return undefined;
}

function nextAfter({ events, end }: HistoryPage, { until }: WalkBackBounds, from: string | undefined) {
  const past = events.some((event) => event.at < until);
  return end === undefined || end === from || past ? { done: true } : { from: end, done: false };
}

async function absentIn(
  { events }: HistoryPage,
  { until, origin }: WalkBackBounds,
  deps: WalkBackDeps,
): Promise<LateEvent[]> {
  const missing = new Set(await deps.onRecord.missing(events.map((event) => event.id)));
  return events.flatMap((event, index) =>
    missing.has(event.id) && event.at >= until && event.at < origin ? [{ event, after: events[index + 1]?.id }] : [],
  );
}
