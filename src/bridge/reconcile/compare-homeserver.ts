/** Every room of the homeserver against the record; what is missing is fetched, and then asked about once more. */
import { must, parseMillis, type RoomId } from '../../core/ids.ts';
import type { GapSummary, GapSweep, SweepOptions } from '../../core/ports/gap-sweep.ts';
import type { RoomHistory } from '../../core/ports/room-history.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import type { ReconcileReport } from '../../core/watch-entries.ts';
import type { SourceKey } from '../../journal/received-sources.ts';
import { compareRoom, type ComparedRoom, type RoomComparing } from './compare-room.ts';
import { countIn } from './survey.ts';
import { read, type Unread } from './reads.ts';
import type { RunNotes } from './run-notes.ts';

/** Rooms with something missing that are fetched one by one; with more of them everything is looked through. */
const ROOMS_MOST = 1_000;
const KEYS_MOST = 20_000;

export type HomeserverCompared = NonNullable<ReconcileReport['homeserver']>;

export interface HomeserverComparing extends Omit<RoomComparing, 'history'> {
  readonly history: RoomHistory;
  /** Fetches what is missing; absent where nobody can put it on record now. */
  readonly sweep?: Pick<GapSweep, 'sweep'>;
  readonly notes: RunNotes;
  readonly progress: (done: number, total: number) => void;
}

/** `no-answer` when it can't be asked to the end. */
export async function compareHomeserver(
  given: HomeserverComparing,
): Promise<Result<HomeserverCompared, Exclude<Unread, 'refused'>>> {
  const { notes } = given;
  const sum = new Sum(given);
  for await (const done of notes.rooms()) sum.add(done.room, done.compared);
  const compared = await readRooms(given, sum);
  await notes.flush();
  return compared.ok ? ok(await sum.end()) : compared;
}

/** The rooms that were not compared before, each noted when it is. */
async function readRooms(given: HomeserverComparing, sum: Sum): Promise<Result<void, Exclude<Unread, 'refused'>>> {
  let from: string | undefined;
  do {
    const page = await read(given.reading, () => given.history.rooms(from));
    // A homeserver that does not even name its rooms.
    if (!page.ok) return err(page.error === 'stopped' ? 'stopped' : 'no-answer');
    for (const room of page.value.rooms.filter((one) => !sum.has(one))) {
      const compared = await compareRoom(room, given);
      if (!compared.ok && compared.error !== 'refused') return err(compared.error);
      const done = { room, compared: compared.ok ? compared.value : undefined };
      sum.add(done.room, done.compared);
      await given.notes.room(done);
      given.progress(sum.rooms, Math.max(sum.rooms, given.survey.rooms.size));
    }
    from = page.value.next === from ? undefined : page.value.next;
  } while (from !== undefined);
  return ok(undefined);
}

/** What was found so far, of all rooms. */
class Sum {
  readonly #given: HomeserverComparing;
  readonly #seen = new Set<RoomId>();
  readonly #short = new Set<RoomId>();
  readonly #missing: SourceKey[] = [];
  #more = 0;
  #since = Infinity;
  #events = 0;
  #unread = 0;
  #gone = 0;

  constructor(given: HomeserverComparing) {
    this.#given = given;
  }

  get rooms(): number {
    return this.#seen.size;
  }

  has(room: RoomId): boolean {
    return this.#seen.has(room);
  }

  /** `compared` is undefined for a room that is listed and can't be read. */
  add(room: RoomId, compared: ComparedRoom | undefined): void {
    if (this.#seen.has(room)) return;
    this.#seen.add(room);
    if (compared === undefined) {
      this.#unread += 1;
      return;
    }
    this.#events += compared.events;
    this.#gone += compared.gone;
    if (compared.missingSince === undefined) return;
    if (this.#short.size <= ROOMS_MOST) this.#short.add(room);
    this.#since = Math.min(this.#since, compared.missingSince);
    const kept = compared.missing.slice(0, KEYS_MOST - this.#missing.length);
    this.#missing.push(...kept);
    this.#more += compared.more + compared.missing.length - kept.length;
  }

  async end(): Promise<HomeserverCompared> {
    const { reach } = this.#given.history;
    const counted = { reach, rooms: this.rooms, unreadRooms: this.#unread, events: this.#events };
    return { ...counted, goneThere: this.#gone + this.#inGoneRooms(), ...(await this.#fetched()) };
  }

  /** On record, of rooms that the homeserver no longer has. Rooms that we can't ask about are none of these. */
  #inGoneRooms(): number {
    if (this.#given.history.reach !== 'all') return 0;
    const gone = [...this.#given.survey.rooms].filter(([room]) => !this.#seen.has(room));
    return gone.reduce((sum, [, days]) => sum + countIn(days), 0);
  }

  /** It may have to wait until it is certain that something is missing: whoever stops us does not. */
  async #swept(options: SweepOptions): Promise<GapSummary | undefined> {
    const { sweep, reading } = this.#given;
    return sweep === undefined ? undefined : unlessAborted(sweep.sweep('asked', options), reading.signal);
  }

  async #fetched(): Promise<Pick<HomeserverCompared, 'fetched' | 'missing' | 'unreadable'>> {
    const found = this.#missing.length + this.#more;
    if (found === 0) return { fetched: 0, missing: 0, unreadable: 0 };
    const rooms = this.#short.size > ROOMS_MOST ? {} : { rooms: [...this.#short] };
    const since = must(parseMillis(this.#since));
    // What a life before this one fetched is on record, and this one's look does not count it.
    const again = this.#given.notes.sweeping;
    await this.#given.notes.sweepBegins();
    const swept = (await this.#swept({ ...rooms, since })) ?? { events: 0, unreadable: 0 };
    const still = (await this.#given.sources.missing(this.#missing)).length;
    // More than could be kept: they count as missing unless the look found as many.
    const unasked = Math.max(0, this.#more - Math.max(0, swept.events - this.#missing.length));
    const missing = still + unasked;
    // What came by itself while we looked was only late.
    const fetched = again ? found - missing : Math.min(swept.events, found - missing);
    return { fetched, missing, unreadable: Math.min(swept.unreadable, fetched) };
  }
}
