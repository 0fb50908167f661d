/**
 * The numbers that stand in a text, whatever stands between their digits. A run of digits may hold several ("4111 1111
 * 1111 1111, 12/27"): each stretch of it that starts and ends where a group of digits does is one number to look at. Which
 * stretches there are, and which of them stand alone, is found out once for all detectors that ask of the same text.
 */
import type { Readings } from '../normalised.ts';
import { GroupedRun, StretchOfRun } from './grouped-run.ts';
import { isSomethingElse, standsAlone } from './neighbours.ts';
import type { NumberSeen } from './number-seen.ts';

/** At most so many, so that a page of digits costs no more than a page of text. */
const mostNumbers = 20_000;

export interface Wanted {
  /** Digits. */
  readonly least: number;
  readonly most: number;
  /** The lengths, a bit for each, that one may have which begins with this digit; absent: all. */
  readonly lengths?: (digits: string, first: number) => number;
  /** Whether, of a row of single digits, a stretch may be one that neither begins nor ends it; absent: it may. */
  readonly fromMiddle?: (run: GroupedRun) => boolean;
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
    this.runs = digits.map((run) => new GroupedRun(plain.folded, run));
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

function stretchesOf(row: GroupedRun, wanted: Wanted): readonly NumberSeen[] {
  const { run, firsts } = row;
  const found: NumberSeen[] = [];
  for (let from = 0, shortest = 0; from < firsts.length; from += 1) {
    const first = firsts[from] ?? 0;
    shortest = reaching(row, first + wanted.least - 1, shortest);
    if (shortest >= firsts.length) break;
    const lengths = wanted.lengths?.(run.digits, first) ?? -1;
    if (lengths !== 0) addFrom(row, { from, shortest, lengths, wanted, found });
  }
  return found;
}

interface Beginning {
  readonly from: number;
  /** The group with which it has digits enough. */
  readonly shortest: number;
  readonly lengths: number;
  readonly wanted: Wanted;
  readonly found: NumberSeen[];
}

function addFrom(row: GroupedRun, { from, shortest, lengths, wanted, found }: Beginning): void {
  const { firsts, lasts } = row;
  const before = (firsts[from] ?? 0) - 1;
  for (let to = isEndOnly(row, from, wanted) ? lasts.length - 1 : shortest; to < lasts.length; to += 1) {
    const length = (lasts[to] ?? 0) - before;
    if (length > wanted.most) return;
    if ((lengths >> length) & 1 && wanted.worth(row, from, to)) found.push(new StretchOfRun(row, from, to));
  }
}

function isEndOnly(row: GroupedRun, from: number, { fromMiddle }: Wanted): boolean {
  return from > 0 && row.longest === 1 && fromMiddle?.(row) === false;
}

/** The first group, from `group` on, that holds the digit `last` or one behind it; none: the number of groups. */
function reaching({ lasts }: GroupedRun, last: number, group: number): number {
  let at = group;
  while (at < lasts.length && (lasts[at] ?? 0) < last) at += 1;
  return at;
}

/** Those of `length` digits beyond which the row does not go on in the same manner. */
function boundedStretches(row: GroupedRun, length: number): readonly (readonly [from: number, to: number])[] {
  const { run, firsts, lasts, isEven, longest } = row;
  // Each gap is like the one beside it: all of the row, or nothing of it.
  if (isEven && longest < length) return run.digits.length === length ? [[0, firsts.length - 1]] : [];
  const found: (readonly [from: number, to: number])[] = [];
  for (let from = 0, to = 0; from < firsts.length; from += 1) {
    const last = (firsts[from] ?? 0) + length - 1;
    to = reaching(row, last, to);
    if (lasts[to] === last && !row.goesOn(from, to)) found.push([from, to]);
  }
  return found;
}
