/**
 * The numbers that stand in a text, whatever stands between their digits. A run of digits may hold several ("4111 1111
 * 1111 1111, 12/27"): each stretch of it that starts and ends where a group of digits does is one number to look at.
 */
import type { DigitRun, Readings, Span, Trick } from '../normalised.ts';

export interface NumberSeen {
  readonly span: Span;
  readonly digits: string;
  /** As it stands in the folded text. */
  readonly text: string;
  /** How many digits each group has: 4, 4, 4, 4. */
  readonly groups: readonly number[];
  readonly separators: readonly string[];
  /** What is before it in its run, and what after: '' at the ends of the run. */
  readonly left: string;
  readonly right: string;
  readonly run: DigitRun;
}

interface Group {
  readonly first: number;
  readonly last: number;
}

/** Numbers of `least` to `most` digits; at most `mostNumbers`, so that a page of digits costs no more than a page of text. */
const mostNumbers = 20_000;

export function* numbersIn(readings: Readings, least: number, most: number): Generator<NumberSeen> {
  let seen = 0;
  for (const run of readings.digits) {
    if (run.digits.length < least) continue;
    for (const number of numbersOf(readings.plain.folded, run, least, most)) {
      yield number;
      seen += 1;
      if (seen >= mostNumbers) return;
    }
  }
}

function* numbersOf(folded: string, run: DigitRun, least: number, most: number): Generator<NumberSeen> {
  const groups = groupsOf(run);
  for (let from = 0; from < groups.length; from += 1) {
    for (let to = from; to < groups.length; to += 1) {
      const length = (groups[to]?.last ?? 0) - (groups[from]?.first ?? 0) + 1;
      if (length > most) break;
      if (length >= least) yield numberOf(folded, run, groups, [from, to]);
    }
  }
}

/** Digits that touch are one group; the digits of one word ("forty-two") touch as well. */
function groupsOf(run: DigitRun): readonly Group[] {
  const groups: Group[] = [];
  let first = 0;
  for (let i = 1; i <= run.digits.length; i += 1) {
    const here = run.places[i];
    const before = run.places[i - 1];
    if (here !== undefined && before !== undefined && here.start <= before.end) continue;
    groups.push({ first, last: i - 1 });
    first = i;
  }
  return groups;
}

function numberOf(
  folded: string,
  run: DigitRun,
  groups: readonly Group[],
  [from, to]: readonly [number, number],
): NumberSeen {
  const inside = groups.slice(from, to + 1);
  const first = inside[0]?.first ?? 0;
  const last = inside.at(-1)?.last ?? first;
  const span = { start: placeOf(run, first).start, end: placeOf(run, last).end };
  return {
    span,
    digits: run.digits.slice(first, last + 1),
    text: folded.slice(span.start, span.end),
    groups: inside.map((group) => group.last - group.first + 1),
    separators: inside.slice(0, -1).map((group) => gapBehind(folded, run, group.last)),
    left: first === 0 ? '' : gapBehind(folded, run, first - 1),
    right: gapBehind(folded, run, last),
    run,
  };
}

function placeOf(run: DigitRun, digit: number): Span {
  return run.places[digit] ?? run;
}

/** What stands between a digit and the next; '' behind the last. */
function gapBehind(folded: string, run: DigitRun, digit: number): string {
  const next = run.places[digit + 1];
  return next === undefined ? '' : folded.slice(placeOf(run, digit).end, next.start);
}

/** How it was hidden, where it was. */
export function tricksOf({ written }: DigitRun): { readonly tricks?: readonly Trick[] } {
  if (written === 'spaced' || written === 'assembled') return { tricks: ['spaced-out'] };
  if (written === 'spelled') return { tricks: ['leet'] };
  return written === 'disguised' ? { tricks: ['look-alike'] } : {};
}
