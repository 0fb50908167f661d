/**
 * Finds the ids that only one of two sides has, by halving the time until what differs is small. What is equal is never
 * looked at again, and no more ids are held than `most` a side.
 */
import { sameTally, type Tally } from './tally.ts';

/** Milliseconds since 1970; `from` included, `to` not. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Side {
  tally(span: Span): Promise<Tally>;
  /** At most as many as its tally of the span counts, apart from what came since. */
  keys(span: Span): Promise<readonly Uint8Array[]>;
}

export interface Difference {
  readonly onlyA: readonly Uint8Array[];
  readonly onlyB: readonly Uint8Array[];
}

/** With `most` ids or fewer on each side they are compared one by one. */
export async function differenceOf(
  sides: { readonly a: Side; readonly b: Side },
  span: Span,
  most: number,
): Promise<Difference> {
  const { a, b } = sides;
  const [left, right] = [await a.tally(span), await b.tally(span)];
  if (sameTally(left, right)) return { onlyA: [], onlyB: [] };
  const atOnce = Math.max(left.count, right.count) <= most || Math.min(left.count, right.count) === 0;
  // What happened in one millisecond can't be told apart any further.
  if (atOnce || span.to - span.from <= 1) return compare(await a.keys(span), await b.keys(span));
  const middle = Math.floor((span.from + span.to) / 2);
  const older = await differenceOf(sides, { from: span.from, to: middle }, most);
  const newer = await differenceOf(sides, { from: middle, to: span.to }, most);
  return { onlyA: [...older.onlyA, ...newer.onlyA], onlyB: [...older.onlyB, ...newer.onlyB] };
}

function compare(a: readonly Uint8Array[], b: readonly Uint8Array[]): Difference {
  return { onlyA: without(a, b), onlyB: without(b, a) };
}

function without(keys: readonly Uint8Array[], others: readonly Uint8Array[]): readonly Uint8Array[] {
  const known = new Set(others.map(textOf));
  return keys.filter((key) => !known.has(textOf(key)));
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key).toString('latin1');
}
