/** One look at the homeserver's rooms: read them, wait until missing means missing, fetch, record, close. */
import type { RoomId } from '../../core/ids.ts';
import type { GapSummary } from '../../core/ports/gap-sweep.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { RoomHistory } from '../../core/ports/room-history.ts';
import type { GapLook } from '../../core/watch-entries.ts';
import type { GapDeps } from './gap-deps.ts';
import { pacedHistory } from './paced-history.ts';
import { closeGaps, repairRoom, stillAbsent } from './repair.ts';
import { walkRoom, type RoomGap, type WalkBounds } from './room-walk.ts';

/** Rooms that are read at the same time, where it need not be slow. */
const AT_ONCE = 4;
/** Missing events that are remembered before they are repaired. */
const MOST_REMEMBERED = 5_000;
/** Rooms that are read before what they miss is repaired. */
const MOST_ROOMS = 400;
const TOKEN_WARNING = 'gaps:token';
const TOKEN_WORDS =
  "The homeserver doesn't take homeserver.adminToken as a server admin's, so nobody can see whether it delivered everything: put a valid token there.";

export interface LookOptions {
  readonly by: GapLook;
  readonly rooms?: readonly RoomId[] | undefined;
  readonly bounds: WalkBounds;
  /** At most two requests a second. */
  readonly slow: boolean;
  readonly signal: AbortSignal;
}

/** Why a look can't go on: the homeserver is away, or we are told to stop. */
class LookEnded extends Error {
  override name = 'LookEnded';
  readonly failure: HomeserverFailure;
  constructor(failure: HomeserverFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** @throws JournalDown when nothing can be written now: the next look goes on from there. */
export async function look(options: LookOptions, deps: GapDeps): Promise<GapSummary> {
  const started = deps.clock.monotonic();
  const running = new Look(options, deps);
  const complete = await running.run();
  // What is open of a look that was cut off is closed by the one that follows it.
  const closed = complete ? await closeGaps(options.by, roomsOf(options), deps) : { events: 0, unreadable: 0 };
  const { events, unreadable } = closed;
  deps.metrics.count('gap_events', { readable: 'yes' }, events - unreadable);
  deps.metrics.count('gap_events', { readable: 'no' }, unreadable);
  deps.metrics.observe('gap_look_seconds', (deps.clock.monotonic() - started) / 1000, { by: options.by });
  const { rooms, failedRooms } = running;
  const summary = { rooms, events, fetched: events - unreadable, unreadable, failedRooms, complete };
  deps.log.info('gaps.looked', { by: options.by, ...summary });
  return { by: options.by, ...summary, at: deps.clock.now() };
}

function roomsOf({ rooms }: LookOptions): ReadonlySet<string> | undefined {
  return rooms === undefined ? undefined : new Set(rooms);
}

class Look {
  rooms = 0;
  failedRooms = 0;
  /** Where sends wait for a look. */
  readonly #hold: GapDeps['hold'];
  readonly #mark: number;
  /** Read out of turn, because something waited there. */
  readonly #first = new Set<RoomId>();
  /** Read, and what they miss is not on record yet. */
  readonly #unsettled: RoomId[] = [];
  readonly #options: LookOptions;
  readonly #deps: GapDeps;
  readonly #history: RoomHistory;
  #gaps: RoomGap[] = [];
  #remembered = 0;
  #roomsRead = 0;
  #settling: Promise<void> = Promise.resolve();

  constructor(options: LookOptions, deps: GapDeps) {
    this.#options = options;
    this.#deps = deps;
    const { slow, signal } = options;
    this.#hold = deps.hold;
    this.#mark = deps.hold?.mark() ?? 0;
    this.#history = pacedHistory(deps.history, { slow, signal, clock: deps.clock });
  }

  /** False when it could not be done to its end. */
  async run(): Promise<boolean> {
    try {
      await this.#readWaiting();
      for await (const rooms of this.#pages()) {
        await this.#readAll(rooms.filter((room) => !this.#first.has(room)));
        if (this.#gaps.length === 0 || this.#roomsRead >= MOST_ROOMS) await this.#settleAll();
        await this.#readWaiting();
      }
      await this.#settleAll();
      if (this.#options.rooms === undefined) this.#hold?.over(this.#mark);
      this.#deps.warnings.clear(TOKEN_WARNING);
      return true;
    } catch (error) {
      if (!(error instanceof LookEnded)) throw error;
      const { kind } = error.failure;
      this.#deps.log.warn('gaps.look-ended', { by: this.#options.by, failure: kind });
      if (kind === 'forbidden') this.#deps.warnings.set(TOKEN_WARNING, TOKEN_WORDS);
      return false;
    }
  }

  async *#pages(): AsyncGenerator<readonly RoomId[]> {
    const { rooms } = this.#options;
    if (rooms !== undefined) {
      yield* chunks(rooms);
      return;
    }
    let from: string | undefined;
    do {
      const page = await this.#history.rooms(from);
      if (!page.ok) throw new LookEnded(page.error);
      yield page.value.rooms;
      from = page.value.next;
    } while (from !== undefined);
  }

  /** Rooms where something waits are read first, and what they miss is put on record at once. */
  async #readWaiting(): Promise<void> {
    const waiting = (this.#hold?.waiting() ?? []).filter((room) => !this.#first.has(room));
    if (waiting.length === 0) return;
    for (const room of waiting) this.#first.add(room);
    await this.#readAll(waiting);
    await this.#settleAll();
  }

  async #settleAll(): Promise<void> {
    await this.#settle();
    this.#hold?.looked(this.#unsettled.splice(0), this.#mark);
  }

  /** A few at a time; the first that can't go on ends it all. */
  async #readAll(rooms: readonly RoomId[]): Promise<void> {
    const left = rooms.values();
    const work = async (): Promise<void> => {
      for (const room of left) await this.#read(room);
    };
    const workers = Array.from({ length: this.#options.slow ? 1 : AT_ONCE }, work);
    const ended = await Promise.allSettled(workers);
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }

  async #read(room: RoomId): Promise<void> {
    const deps = { history: this.#history, onRecord: this.#deps.onRecord, deliveries: this.#deps.deliveries };
    const failure = await walkRoom(room, this.#options.bounds, deps, (gap) => this.#remember(gap));
    this.rooms += 1;
    this.#roomsRead += 1;
    this.#unsettled.push(room);
    if (failure !== undefined) this.#failed(failure);
  }

  /** A room that we may not read, or that is gone, is counted; a homeserver that is away ends the look. */
  #failed(failure: HomeserverFailure): void {
    const { kind } = failure;
    if (kind === 'down' || kind === 'unclear' || kind === 'rate-limited') throw new LookEnded(failure);
    this.failedRooms += 1;
  }

  async #remember(gap: RoomGap): Promise<void> {
    this.#gaps.push(gap);
    this.#remembered += gap.size;
    if (this.#remembered >= MOST_REMEMBERED) await this.#settle();
  }

  /** Repairs what is remembered; one at a time, since several rooms are read at once. */
  #settle(): Promise<void> {
    const before = this.#settling;
    const mine = before.then(() => this.#repair());
    // Whoever comes next is not to fail of this one's failure.
    this.#settling = mine.catch(() => undefined);
    return mine;
  }

  async #repair(): Promise<void> {
    const gaps = this.#gaps;
    this.#gaps = [];
    this.#remembered = 0;
    this.#roomsRead = 0;
    if (gaps.length === 0) return;
    await this.#untilMissing(gaps);
    for (const gap of gaps) {
      const absent = await stillAbsent(gap, this.#deps.onRecord);
      if (absent === undefined) continue;
      this.#deps.metrics.count('gaps_found', { by: this.#options.by });
      const deps = { ...this.#deps, history: this.#history };
      const failure = await repairRoom(absent, this.#options.by, deps);
      if (failure !== undefined) this.#failed(failure);
    }
  }

  /** Missing means missing when nothing that was read can still be on its way (docs/decisions/0012). */
  async #untilMissing(gaps: readonly RoomGap[]): Promise<void> {
    const { deliveries } = this.#deps;
    if (gaps.every((gap) => deliveries.passed(gap.room, gap.read))) return;
    const settled = await deliveries.settled(this.#options.signal);
    if (settled !== 'settled') throw new LookEnded({ kind: 'down', detail: 'no event of ours came back' });
  }
}

function* chunks(rooms: readonly RoomId[]): Generator<readonly RoomId[]> {
  for (let start = 0; start < rooms.length; start += MOST_ROOMS) yield rooms.slice(start, start + MOST_ROOMS);
}
