/**
 * What an earlier walk found, so that the next one opens nothing again before it can have changed: by chunks of the
 * record, in the journal's own notes. Positions, times and names of holds.
 */
import { z } from 'zod';
import { must, nextPosition, parseConnectorId, parseHoldId, parseMillis, parsePosition } from '../../core/ids.ts';
import type { BadId, HoldId, Millis, Position } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import type { Result } from '../../core/result.ts';
import { stayReasons, type Span, type StayCount, type StayReason } from '../../core/retention-entries.ts';
import type { Views } from '../../journal/journal.ts';
import { readKv } from '../../journal/kv-store.ts';
import { countIn } from './position-set.ts';

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-retention-kept'));
/** Entries in one chunk. */
export const CHUNK = 1_000;
/** Chunks in one note. */
const PAGE = 50;

/** What is due and stayed, for one reason. */
export type Stayed = Readonly<{ why: StayReason; hold?: HoldId; spans: readonly Span[] }>;

export interface ChunkNote {
  readonly to: Position;
  /** The earliest clock start among entries that were not opened. */
  readonly unopened?: Millis;
  /** The earliest end among those that were, and are not over yet. */
  readonly next?: Millis;
  /** Of these, entries whose first class's time is over, and another one's is not. */
  readonly longer: number;
  readonly stayed: readonly Stayed[];
  /** Fingerprint of the holds that stood then. */
  readonly holds: string;
}

function id<T>(parse: (value: unknown) => Result<T, BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}
const position = id<Position>(parsePosition);
const millis = id<Millis>(parseMillis);
const stayed = z.object({
  why: z.enum(stayReasons),
  hold: z.exactOptional(id<HoldId>(parseHoldId)),
  spans: z.array(z.tuple([position, position])),
});
const noteShape = z.object({
  to: position,
  unopened: z.exactOptional(millis),
  next: z.exactOptional(millis),
  longer: z.int().nonnegative(),
  stayed: z.array(stayed),
  holds: z.string(),
});
const pageShape = z.object({ classes: z.string(), chunks: z.record(z.string(), noteShape) });
type Page = z.infer<typeof pageShape>;

/** Where the chunk begins. */
export function chunkFrom(chunk: number): Position {
  return must(parsePosition(chunk * CHUNK + 1));
}

export function chunksIn(size: number): number {
  return Math.ceil(size / CHUNK);
}

/** The notes of one walk, one page of them at a time in memory. */
export class ChunkNotes {
  readonly #views: Views;
  readonly #classes: string;
  #page = -1;
  #chunks: Page['chunks'] = {};

  /** What was noted by other classes than these counts for nothing. */
  constructor(views: Views, classes: string) {
    this.#views = views;
    this.#classes = classes;
  }

  async of(chunk: number): Promise<ChunkNote | undefined> {
    await this.#turnTo(chunk);
    return this.#chunks[String(chunk)];
  }

  /** What has to be written for this chunk to be remembered so. */
  async change(chunk: number, note: ChunkNote): Promise<KvChange> {
    await this.#turnTo(chunk);
    this.#chunks = { ...this.#chunks, [String(chunk)]: shaped(note) };
    const page: Page = { classes: this.#classes, chunks: this.#chunks };
    return { connector: OWNER, key: keyOf(this.#page), value: Buffer.from(JSON.stringify(page)) };
  }

  async #turnTo(chunk: number): Promise<void> {
    const page = Math.floor(chunk / PAGE);
    if (page === this.#page) return;
    const at = { connector: OWNER, key: keyOf(page) };
    const value = await this.#views.read((reading) => readKv(at, reading, this.#views.sealer));
    const read = value === undefined ? undefined : pageShape.safeParse(JSON.parse(Buffer.from(value).toString('utf8')));
    this.#chunks = read?.success === true && read.data.classes === this.#classes ? read.data.chunks : {};
    this.#page = page;
  }
}

function shaped(note: ChunkNote): Page['chunks'][string] {
  const { stayed: groups, ...rest } = note;
  return { ...rest, stayed: groups.map((one) => ({ ...one, spans: one.spans.map(([from, to]) => [from, to]) })) };
}

function keyOf(page: number): string {
  return `page/${String(page)}`;
}

/** What stays, all chunks together. */
export class StayTally {
  readonly #counts = new Map<string, StayCount>();

  add({ longer, stayed: groups }: Pick<ChunkNote, 'longer' | 'stayed'>): void {
    if (longer > 0) this.#count({ why: 'longer-class' }, longer);
    for (const { why, hold, spans } of groups) {
      this.#count(hold === undefined ? { why } : { why, hold }, countIn(spans));
    }
  }

  /** In the order of the reasons. */
  get counts(): readonly StayCount[] {
    const order = (one: StayCount): string => `${String(stayReasons.indexOf(one.why))}/${one.hold ?? ''}`;
    return [...this.#counts.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  #count(of: Pick<StayCount, 'why' | 'hold'>, entries: number): void {
    const key = `${of.why}/${of.hold ?? ''}`;
    this.#counts.set(key, { ...of, entries: (this.#counts.get(key)?.entries ?? 0) + entries });
  }
}

/** Every position of these spans. */
export function positionsIn(spans: readonly Span[]): readonly Position[] {
  return spans.flatMap(([from, to]) => {
    const all: Position[] = [];
    for (let at = from; at <= to; at = nextPosition(at)) all.push(at);
    return all;
  });
}
