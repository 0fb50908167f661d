/** One room of the homeserver against the record, newest event first, holding a bounded part of it at a time. */
import type { RoomId } from '../../core/ids.ts';
import type { HistoryPage, RoomHistory } from '../../core/ports/room-history.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ReceivedSources, SeenEvent, SourceKey } from '../../journal/received-sources.ts';
import { differenceOf, type Span } from './difference.ts';
import { read, type Reading, type Unread } from './reads.ts';
import { SeenEvents } from './seen-events.ts';
import { DAY_MS, dayOf, RoomOnRecord, type Survey } from './survey.ts';
import { noTally, sameTally } from './tally.ts';

/** Events of the homeserver that are held at once. */
const HELD_MOST = 20_000;
/** Ids that are compared one by one. */
const ONE_BY_ONE = 1_000;
/** Pages without any event that are followed: the homeserver may leave out all of a page. */
const EMPTY_MOST = 5;
/** Missing ids that are kept, so that they can be asked about again. */
const MISSING_MOST = 5_000;

export interface ComparedRoom {
  readonly events: number;
  /** On the homeserver and not on record, as far as they are kept; `more` were found beyond these. */
  readonly missing: readonly SourceKey[];
  readonly more: number;
  /** The oldest time at which something is missing. */
  readonly missingSince: number | undefined;
  /** On record and no longer on the homeserver. */
  readonly gone: number;
}

export interface RoomComparing {
  readonly history: Pick<RoomHistory, 'page'>;
  readonly reading: Reading;
  readonly sources: ReceivedSources;
  readonly survey: Survey;
  readonly size: () => Promise<number>;
  readonly span: Span;
}

export async function compareRoom(room: RoomId, given: RoomComparing): Promise<Result<ComparedRoom, Unread>> {
  const comparison = new RoomComparison(room, given);
  let from: string | undefined;
  for (let empty = 0; empty < EMPTY_MOST;) {
    const page = await read(given.reading, () => given.history.page(room, from));
    if (!page.ok) return err(page.error);
    await comparison.take(page.value);
    const { events, end } = page.value;
    empty = events.length === 0 ? empty + 1 : 0;
    if (isOlder(page.value, given.span) || end === undefined || end === from) break;
    from = end;
  }
  return ok(await comparison.end());
}

function isOlder(page: HistoryPage, span: Span): boolean {
  return page.events.length > 0 && page.events.every((event) => event.at < span.from);
}

class RoomComparison {
  readonly #given: RoomComparing;
  readonly #room: RoomId;
  readonly #side: RoomOnRecord;
  #held: SeenEvent[] = [];
  /** What is at this time or later has been compared. */
  #until: number;
  #events = 0;
  readonly #missing: SourceKey[] = [];
  #more = 0;
  #missingSince: number | undefined;
  #gone = 0;

  constructor(room: RoomId, given: RoomComparing) {
    const { sources, size, survey } = given;
    this.#room = room;
    this.#given = given;
    this.#side = new RoomOnRecord({ sources, room, size, oldest: survey.oldest });
    this.#until = given.span.to;
  }

  async take(page: HistoryPage): Promise<void> {
    const { span, sources } = this.#given;
    const events = page.events
      .filter(({ at }) => at >= span.from && at < span.to)
      .map(({ at, draft }) => ({ at, key: sources.keyOf(draft.source) }));
    this.#events += events.length;
    this.#held.push(...events.filter(({ at }) => at < this.#until));
    // Newer by its time than what was compared already, and older by the homeserver's order.
    await this.#look(events.filter(({ at }) => at >= this.#until));
    const oldest = Math.min(...this.#held.map(({ at }) => at));
    if (this.#held.length >= HELD_MOST && oldest < this.#until) await this.#compareFrom(oldest);
  }

  async end(): Promise<ComparedRoom> {
    await this.#compareFrom(this.#given.span.from);
    const [missing, more, missingSince] = [this.#missing, this.#more, this.#missingSince];
    return { events: this.#events, missing, more, missingSince, gone: this.#gone };
  }

  async #compareFrom(from: number): Promise<void> {
    const there = new SeenEvents(this.#held);
    const days = this.#given.survey.rooms.get(this.#room);
    for (let day = dayOf(from); day < this.#until; day += DAY_MS) {
      const slice = { from: Math.max(from, day), to: Math.min(this.#until, day + DAY_MS) };
      const whole = slice.from === Math.max(day, this.#given.span.from) && slice.to === this.#endOf(day);
      const same = whole && sameTally(await there.tally(slice), days?.get(day) ?? noTally);
      if (!same) await this.#find(there, slice);
    }
    this.#held = [];
    this.#until = from;
  }

  #endOf(day: number): number {
    return Math.min(day + DAY_MS, this.#given.span.to);
  }

  async #find(there: SeenEvents, slice: Span): Promise<void> {
    const found = await differenceOf({ a: there, b: this.#side }, slice, ONE_BY_ONE);
    this.#gone += found.onlyB.length;
    await this.#note(found.onlyA, slice.from);
  }

  async #look(events: readonly SeenEvent[]): Promise<void> {
    if (events.length === 0) return;
    const keys = events.map(({ key }) => key);
    const missing = await this.#note(keys, Math.min(...events.map(({ at }) => at)));
    // They were on record and seemed to be gone.
    this.#gone = Math.max(0, this.#gone - (events.length - missing));
  }

  /** What came on record since the look, or lies at another time there, is not missing. */
  async #note(keys: readonly SourceKey[], since: number): Promise<number> {
    const missing = await this.#given.sources.missing(keys);
    if (missing.length === 0) return 0;
    const kept = missing.slice(0, MISSING_MOST - this.#missing.length);
    this.#missing.push(...kept);
    this.#more += missing.length - kept.length;
    this.#missingSince = Math.min(this.#missingSince ?? since, since);
    return missing.length;
  }
}
