/** The record's own side: what came from outside in a time, tallied by room and line and day without opening an entry. */
import { createHash } from 'node:crypto';
import type { LineId, Millis, RoomId } from '../../core/ids.ts';
import type { Received, ReceivedSources, SourceKey } from '../../journal/received-sources.ts';
import type { Side, Span } from './difference.ts';
import { tallyOf, Tallying, type Tally } from './tally.ts';

export const DAY_MS = 86_400_000;
/** The homeserver's clock may be ahead of ours by this much: what it dates into the time is looked for that far back. */
const SKEW_MS = 60 * 60_000;

/** By the beginning of the day, UTC. */
type Days = ReadonlyMap<number, Tally>;

export interface Survey {
  readonly rooms: ReadonlyMap<RoomId, Days>;
  /** Customers' messages. */
  readonly lines: ReadonlyMap<LineId, Days>;
  /** Nothing of the time is at an older position. */
  readonly oldest: number;
}

export interface Surveying {
  readonly sources: ReceivedSources;
  readonly span: Span;
  /** The newest position to look at. */
  readonly newest: number;
  readonly signal: AbortSignal;
  /** Customers' messages of the time, as they are come by. */
  readonly messages?: (messages: readonly Received[]) => Promise<void>;
}

export function dayOf(at: number): number {
  return at - (at % DAY_MS);
}

/** Ends early, with what it has, when the signal is aborted. */
export async function survey({ sources, span, newest, signal, messages }: Surveying): Promise<Survey> {
  const rooms = new Map<RoomId, Map<number, Tallying>>();
  const lines = new Map<LineId, Map<number, Tallying>>();
  let oldest = newest;
  for await (const page of sources.backFrom(newest)) {
    oldest = page.from;
    const within = page.received.filter(({ at }) => at >= span.from && at < span.to);
    for (const { is, room, line, at, key } of within) {
      if (is === 'event' && room !== undefined) add(rooms, room, at, key);
      if (is === 'message' && line !== undefined) add(lines, line, at, key);
    }
    await messages?.(within.filter(({ is, line }) => is === 'message' && line !== undefined));
    if (signal.aborted || isOlder(page.newestRecordedAt, span)) break;
  }
  return { rooms, lines, oldest };
}

function isOlder(recordedAt: Millis | undefined, span: Span): boolean {
  return recordedAt !== undefined && recordedAt < span.from - SKEW_MS;
}

function add<Id>(all: Map<Id, Map<number, Tallying>>, id: Id, at: number, key: SourceKey): void {
  const days = all.get(id) ?? new Map<number, Tallying>();
  const tallying = days.get(dayOf(at)) ?? new Tallying();
  tallying.add(key);
  days.set(dayOf(at), tallying);
  all.set(id, days);
}

/** SHA-256, hex, over every digest by room and line and day, in an order of its own. */
export function digestOf({ rooms, lines }: Pick<Survey, 'rooms' | 'lines'>): string {
  const rows = [...rowsOf('room', rooms), ...rowsOf('line', lines)].sort();
  return createHash('sha256').update(rows.join('\n')).digest('hex');
}

function rowsOf(what: string, all: ReadonlyMap<string, Days>): string[] {
  return [...all].flatMap(([id, days]) =>
    [...days].map(([day, tally]) => {
      const digest = Buffer.from(tally.digest).toString('hex');
      return `${what} ${id} ${String(day)} ${String(tally.count)} ${digest}`;
    }),
  );
}

/** One room on record, as it is at each look: what is recorded in the meantime is there too. */
export class RoomOnRecord implements Side {
  readonly #sources: ReceivedSources;
  readonly #room: RoomId;
  readonly #oldest: number;
  readonly #size: () => Promise<number>;

  constructor(given: {
    readonly sources: ReceivedSources;
    readonly room: RoomId;
    /** The oldest position that can be of the time. */
    readonly oldest: number;
    readonly size: () => Promise<number>;
  }) {
    this.#sources = given.sources;
    this.#room = given.room;
    this.#oldest = given.oldest;
    this.#size = given.size;
  }

  async tally(span: Span): Promise<Tally> {
    return tallyOf(await this.keys(span));
  }

  async keys(span: Span): Promise<readonly SourceKey[]> {
    const within = { from: this.#oldest, to: await this.#size(), since: span.from, until: span.to };
    const keys: SourceKey[] = [];
    for await (const page of this.#sources.eventsOf(this.#room, within)) keys.push(...page.map(({ key }) => key));
    return keys;
  }
}

export function countIn(days: Days | undefined): number {
  return days === undefined ? 0 : [...days.values()].reduce((sum, tally) => sum + tally.count, 0);
}
