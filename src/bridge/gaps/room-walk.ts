/**
 * Reads a room from its newest event back, and collects what is not on record. One event that is on record stops nothing:
 * gaps have islands. What is older than Gatehouse itself counts only where something still older is on record.
 */
import type { EventId, Millis, RoomId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { Deliveries } from '../../core/ports/pushing.ts';
import type { EventsOnRecord, HistoryEvent, HistoryPage, RoomHistory } from '../../core/ports/room-history.ts';

/** Of one room in memory at once: a longer gap comes in several lots. */
const MOST_IN_LOT = 2_000;
/** Pages without any event that are followed: the homeserver may leave out all of a page. */
const MOST_EMPTY = 5;

/** An event that the homeserver has and the record has not, as far as known when its page was read. */
interface Absent {
  readonly id: EventId;
  readonly at: Millis;
  readonly pruned: boolean;
}

/** One page of history with something absent in it. */
export interface GapPage {
  /** Reads the same page again; undefined for the newest where the homeserver gives it no name. */
  readonly from: string | undefined;
  readonly absent: Absent[];
  /** The event before its oldest one. */
  before?: EventId;
}

export interface RoomGap {
  readonly room: RoomId;
  /** Where the archive stream was before the room was read, and the latest time that was read. */
  readonly read: { readonly mark: number; readonly newest: Millis };
  /** Newest first. */
  readonly pages: readonly GapPage[];
  readonly size: number;
}

export interface WalkDeps {
  readonly history: RoomHistory;
  readonly onRecord: Pick<EventsOnRecord, 'missing'>;
  readonly deliveries: Pick<Deliveries, 'mark'>;
}

export interface WalkBounds {
  /** What is older than this was looked at before. */
  readonly since: Millis;
  /** What is older than this was there before Gatehouse. */
  readonly origin: Millis;
}

/** Hands each lot to `take`; resolves with the failure that ended the walk, if one did. */
export async function walkRoom(
  room: RoomId,
  bounds: WalkBounds,
  deps: WalkDeps,
  take: (gap: RoomGap) => Promise<void>,
): Promise<HomeserverFailure | undefined> {
  const walk = new Walk(room, bounds, deps.deliveries.mark());
  let from: string | undefined;
  for (let empty = 0; empty < MOST_EMPTY;) {
    const page = await deps.history.page(room, from);
    if (!page.ok) return page.error;
    const { events, end } = page.value;
    empty = events.length === 0 ? empty + 1 : 0;
    const missing = await deps.onRecord.missing(events.map((event) => event.id));
    const enough = walk.add(page.value, page.value.start ?? from, new Set(missing));
    if (walk.size >= MOST_IN_LOT) await take(walk.lot());
    if (enough || end === undefined || end === from) break;
    from = end;
  }
  if (walk.size > 0) await take(walk.lot());
  return undefined;
}

class Walk {
  readonly #room: RoomId;
  readonly #bounds: WalkBounds;
  readonly #mark: number;
  #newest: Millis | undefined;
  #pages: GapPage[] = [];
  /** Absent and older than Gatehouse: it counts once something older is found on record. */
  #doubtful: { readonly page: GapPage; readonly event: Absent }[] = [];
  #last: GapPage | undefined;
  #size = 0;

  constructor(room: RoomId, bounds: WalkBounds, mark: number) {
    this.#room = room;
    this.#bounds = bounds;
    this.#mark = mark;
  }

  get size(): number {
    return this.#size;
  }

  /** True when nothing older need be read. */
  add({ events }: HistoryPage, from: string | undefined, missing: ReadonlySet<EventId>): boolean {
    const [first] = events;
    if (first === undefined) return false;
    if (this.#last !== undefined) this.#last.before = first.id;
    const page: GapPage = { from, absent: [] };
    this.#last = page;
    this.#pages.push(page);
    for (const event of events) this.#one(event, page, missing.has(event.id));
    return this.#isEnough(events, missing.size);
  }

  #one({ id, at, pruned }: HistoryEvent, page: GapPage, isMissing: boolean): void {
    this.#newest = this.#newest === undefined || at > this.#newest ? at : this.#newest;
    if (isMissing) this.#doubtful.push({ page, event: { id, at, pruned } });
    if (isMissing && at < this.#bounds.origin) return;
    for (const doubt of this.#doubtful) doubt.page.absent.push(doubt.event);
    this.#size += this.#doubtful.length;
    this.#doubtful = [];
  }

  #isEnough(events: readonly HistoryEvent[], missing: number): boolean {
    const oldest = Math.min(...events.map((event) => event.at));
    if (oldest >= this.#bounds.since && oldest >= this.#bounds.origin) return false;
    if (missing === 0) return oldest < this.#bounds.since;
    return oldest < this.#bounds.origin && missing === events.length;
  }

  /** What counts so far; what comes is collected anew. */
  lot(): RoomGap {
    const pages = this.#pages.filter((page) => page.absent.length > 0);
    const newest = this.#newest ?? this.#bounds.since;
    const gap = { room: this.#room, read: { mark: this.#mark, newest }, pages, size: this.#size };
    this.#size = 0;
    this.#pages = [];
    const again = new Map<GapPage, GapPage>();
    this.#doubtful = this.#doubtful.map(({ page, event }) => {
      const fresh = again.get(page) ?? { from: page.from, absent: [] };
      again.set(page, fresh);
      return { page: fresh, event };
    });
    this.#pages.push(...again.values());
    if (this.#last !== undefined) this.#last = again.get(this.#last) ?? this.#last;
    return gap;
  }
}
