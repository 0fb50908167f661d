/**
 * How far the homeserver's clock and ours were apart when an entry came on record, from the record itself: the smallest
 * difference between when the homeserver took an event and when we recorded it, among events before and after it up to
 * where our clock was set. It asks near and ever farther away, since a backlog may fill all that is near with late events.
 * The answer is the same before and after a restart, whatever the clock did since.
 */
import { must, parsePosition, type Millis, type Position } from '../../core/ids.ts';
import type { Entry, EntryKind, ErasedEntry } from '../../core/entry.ts';
import { JUMP_MS } from '../../core/clock-watch.ts';

/** An entry as the record's index has it. */
export interface IndexRow {
  readonly position: Position;
  readonly kind: EntryKind;
  readonly at: Millis;
  readonly recorded_at: Millis;
  readonly direction?: string | null;
}

export interface SkewReader {
  /** Positions, both included; what is not there is left out. */
  rows(range: { readonly from: Position; readonly to: Position }): Promise<readonly IndexRow[]>;
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  size(): Promise<number>;
  /** Positions of the entries that say the clock was set, in order. */
  jumps(): Promise<readonly Position[]>;
}

/** Entries looked at in one place, and how far away the places are, on either side. */
const PAGE = 200;
const AWAY = [0, 1_000, 4_000, 16_000, 64_000] as const;
/** Events opened at most to see whether they were fetched. */
const OPENED_MAX = 16;

interface Span {
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/** The positions between which the clock was not set, and the entry that says how far it had been set. */
interface SameClock extends Span {
  readonly jump?: Position;
}

/** Spans between jumps that are gone back over when none of their events can tell. */
const SPANS_MAX = 4;

/**
 * Milliseconds by which our clock was ahead. Where no event since the clock was set can tell, what was before and how far
 * it was set do; 0 where nothing can.
 */
export async function skewAt(position: Position, reader: SkewReader): Promise<number> {
  return (await knownSkewAt(position, reader)) ?? 0;
}

/** The same; undefined where no event can tell. */
export async function knownSkewAt(
  position: Position,
  reader: SkewReader,
  spans = SPANS_MAX,
): Promise<number | undefined> {
  const span = await sameClock(position, reader);
  return (await fromEvents(position, span, reader)) ?? (await fromJump(span, reader, spans));
}

/** Where the times before the jump tell nothing either, the jump alone does. */
async function fromJump({ from, jump }: SameClock, reader: SkewReader, spans: number): Promise<number | undefined> {
  const set = jump === undefined ? undefined : await reader.read(jump);
  if (set === undefined || 'erased' in set || set.kind !== 'clock.jumped' || from <= 1 || spans === 0) return undefined;
  return ((await knownSkewAt(must(parsePosition(from - 1)), reader, spans - 1)) ?? 0) + set.body.byMs;
}

async function fromEvents(position: Position, span: Span, reader: SkewReader): Promise<number | undefined> {
  const samples: IndexRow[] = [];
  for (const page of pagesAround(position, span)) {
    const rows = await rowsIn(page, reader);
    samples.push(...rows.filter((row) => row.position !== position && isSample(row)));
  }
  for (const row of samples.sort(byDifference).slice(0, OPENED_MAX)) {
    const entry = await reader.read(row.position);
    const fetched = entry === undefined || ('source' in entry && entry.source.late !== undefined);
    if (!fetched) return differenceOf(row);
  }
  return undefined;
}

/** A place that would lie beyond an end is the page at that end. */
function pagesAround(position: number, { from, to }: Span): readonly Span[] {
  const before = AWAY.map((away) => Math.max(from, position - away - PAGE));
  const behind = AWAY.map((away) => Math.max(position + 1, Math.min(to - PAGE, position + 1 + away)));
  const starts = new Set([...before, ...behind]);
  return Array.from(starts, (start) => ({ from: start, to: Math.min(start + PAGE, to) }));
}

function rowsIn({ from, to }: Span, reader: SkewReader): Promise<readonly IndexRow[]> {
  return from >= to
    ? Promise.resolve([])
    : reader.rows({ from: must(parsePosition(from)), to: must(parsePosition(to - 1)) });
}

/** Events of rooms with other servers' people may carry other servers' times. */
function isSample({ kind, direction }: IndexRow): boolean {
  return kind === 'matrix.event' && direction !== 'external' && direction !== null && direction !== undefined;
}

function differenceOf(row: IndexRow): number {
  return row.recorded_at - row.at;
}

function byDifference(one: IndexRow, other: IndexRow): number {
  return differenceOf(one) - differenceOf(other);
}

/** The positions around this one between which the clock was not set. */
async function sameClock(position: Position, reader: SkewReader): Promise<SameClock> {
  const jumps = await reader.jumps();
  const next = jumps.findIndex((jump) => jump > position);
  const nearest = next === -1 ? jumps.slice(-1) : jumps.slice(Math.max(0, next - 1), next + 2);
  const steps: { readonly jump: Position; readonly first: number }[] = [];
  for (const jump of nearest) steps.push({ jump, first: await firstAfter(jump, reader) });
  const began = steps.findLast(({ first }) => first <= position);
  const ends = steps.map(({ first }) => first).filter((first) => first > position);
  return {
    from: began?.first ?? 1,
    to: Math.min((await reader.size()) + 1, ...ends),
    ...(began === undefined ? {} : { jump: began.jump }),
  };
}

/** A jump is on record some seconds after it happened: the step shows in the times of record just before. */
async function firstAfter(jump: Position, reader: SkewReader): Promise<number> {
  const rows = await rowsIn({ from: Math.max(1, jump - PAGE), to: jump + 1 }, reader);
  const step = rows.findLast((row, index) => {
    const before = rows[index - 1];
    return before !== undefined && Math.abs(row.recorded_at - before.recorded_at) > JUMP_MS;
  });
  return step?.position ?? jump;
}
