/**
 * The numbers that stand in a text, whatever stands between their digits. A run of digits may hold several ("4111 1111
 * 1111 1111, 12/27"): each stretch of it that starts and ends where a group of digits does is one number to look at. Which
 * stretches there are, and which of them stand alone, is found out once for all detectors that ask of the same text.
 */
import type { Readings } from '../normalised.ts';
import { StretchOfRun, groupedRun, type GroupedRun } from './grouped-run.ts';
import { isSomethingElse, standsAlone, ties } from './neighbours.ts';
import type { NumberSeen } from './number-seen.ts';

/** At most so many, so that a page of digits costs no more than a page of text. */
const mostNumbers = 20_000;

export interface Wanted {
  /** Digits. */
  readonly least: number;
  readonly most: number;
  /** Whether the stretch is worth looking at: most are not, and telling so costs a tenth of making one. */
  readonly worth: (run: GroupedRun, from: number, to: number) => boolean;
}

/** Numbers of so many digits that are worth it, those that are parts of longer ones too. */
export function* numbersIn(readings: Readings, wanted: Wanted): Generator<NumberSeen> {
  let seen = 0;
  for (const run of numbersOf(readings).runs) {
    if (run.run.digits.length < wanted.least) continue;
    for (const number of stretchesOf(run, wanted)) {
      yield number;
      seen += 1;
      if (seen >= mostNumbers) return;
    }
  }
}

/** Numbers of so many digits that stand by themselves and are not the amount, the order or the phone number that they look like. */
export function numbersAlone(readings: Readings, length: number): readonly NumberSeen[] {
  return numbersOf(readings).alone(length);
}

/** The digits of the longest run; 0 where there is none. */
export function longestRun({ digits }: Readings): number {
  let longest = 0;
  for (const run of digits) if (run.digits.length > longest) longest = run.digits.length;
  return longest;
}

/** What is known of a text, as long as somebody still reads it: the same for all who ask. */
const known = new WeakMap<Readings, Numbers>();

function numbersOf(readings: Readings): Numbers {
  let numbers = known.get(readings);
  if (numbers === undefined) known.set(readings, (numbers = new Numbers(readings)));
  return numbers;
}

class Numbers {
  readonly runs: readonly GroupedRun[];
  readonly #folded: string;
  readonly #alone = new Map<number, readonly NumberSeen[]>();

  constructor({ plain, digits }: Readings) {
    this.#folded = plain.folded;
    this.runs = digits.map((run) => groupedRun(plain.folded, run));
  }

  alone(length: number): readonly NumberSeen[] {
    let found = this.#alone.get(length);
    if (found === undefined) this.#alone.set(length, (found = this.#standingAlone(length)));
    return found;
  }

  #standingAlone(length: number): readonly NumberSeen[] {
    const found: NumberSeen[] = [];
    let seen = 0;
    for (const run of this.runs) {
      if (run.run.digits.length < length) continue;
      for (const [from, to] of boundedStretches(run, length)) {
        if ((seen += 1) > mostNumbers) return found;
        const number = new StretchOfRun(run, from, to);
        if (standsAlone(number, this.#folded) && !isSomethingElse(number, this.#folded)) found.push(number);
      }
    }
    return found;
  }
}

function* stretchesOf(run: GroupedRun, { least, most, worth }: Wanted): Generator<NumberSeen> {
  const { firsts, lasts } = run;
  for (let from = 0; from < firsts.length; from += 1) {
    const first = firsts[from] ?? 0;
    for (let to = from; to < firsts.length; to += 1) {
      const length = (lasts[to] ?? 0) - first + 1;
      if (length > most) break;
      if (length >= least && worth(run, from, to)) yield new StretchOfRun(run, from, to);
    }
  }
}

/** Those of `length` digits beyond which the row does not go on in the same manner. */
function* boundedStretches(run: GroupedRun, length: number): Generator<readonly [from: number, to: number]> {
  const count = run.firsts.length;
  for (let from = 0, to = 0; from < count; from += 1) {
    while (to < count && digitsOf(run, from, to) < length) to += 1;
    if (to >= count) return;
    if (digitsOf(run, from, to) === length && !goesOn(run.gaps, from, to)) yield [from, to];
  }
}

function digitsOf({ firsts, lasts }: GroupedRun, from: number, to: number): number {
  return (lasts[to] ?? 0) - (firsts[from] ?? 0) + 1;
}

function goesOn(gaps: readonly string[], from: number, to: number): boolean {
  return goesOnAt(gaps, from - 1, [from, to]) || goesOnAt(gaps, to, [from, to]);
}

/** The gap at `outer` ties, or is one of those between the groups `from` to `to`. */
function goesOnAt(gaps: readonly string[], outer: number, [from, to]: readonly [number, number]): boolean {
  const gap = gaps[outer];
  if (gap === undefined) return false;
  for (let inner = from; inner < to; inner += 1) if (gaps[inner] === gap) return true;
  return ties(gap);
}
