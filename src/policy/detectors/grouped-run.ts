/** A run of digits by its groups, worked out once; and the stretches of it, of which most are looked at for a moment only. */
import type { DigitRun, Span } from '../normalised.ts';
import { ties } from './neighbours.ts';
import type { NumberSeen } from './number-seen.ts';

/** White space, comma, semicolon: what stands between two numbers. Comma, underscore, full stop and space: a list. */
export const gapKinds = { parts: 1, lists: 2, plus: 4, ties: 8 } as const;

export class GroupedRun {
  readonly run: DigitRun;
  readonly folded: string;
  /** Of each group its first and its last digit. */
  readonly firsts: readonly number[];
  readonly lasts: readonly number[];
  /** `gaps[i]` stands between the groups i and i + 1. */
  readonly gaps: readonly string[];
  /** What is in each of them, of `gapKinds`. */
  readonly kinds: Uint8Array;
  /** The digits of its longest group. */
  readonly longest: number;
  /** All gaps are alike. */
  readonly isEven: boolean;
  /** One of its groups is a word. */
  readonly hasWords: boolean;

  /** Digits that touch are one group; the digits of one word ("forty-two") touch as well. */
  constructor(folded: string, run: DigitRun) {
    const { firsts, lasts, gaps } = groupsOf(folded, run);
    this.run = run;
    this.folded = folded;
    this.firsts = firsts;
    this.lasts = lasts;
    this.gaps = gaps;
    this.kinds = new Uint8Array(gaps.length);
    let [longest, isEven, hasWords] = [0, true, false];
    for (let i = 0; i < firsts.length; i += 1) {
      const first = firsts[i] ?? 0;
      longest = Math.max(longest, (lasts[i] ?? 0) - first + 1);
      hasWords ||= isLetter(folded, (run.places[first] ?? run).start);
    }
    for (let i = 0; i < gaps.length; i += 1) {
      const gap = gaps[i] ?? '';
      this.kinds[i] = kindsOf(gap);
      isEven &&= gap === gaps[0];
    }
    this.longest = longest;
    this.isEven = isEven;
    this.hasWords = hasWords;
  }

  /** Whether the row goes on in the same manner before or behind the groups `from` to `to`: `123 456 789` in `123 456 789 012`. */
  goesOn(from: number, to: number): boolean {
    return this.#goesOnAt(from - 1, from, to) || this.#goesOnAt(to, from, to);
  }

  /** The gap at `outer` ties, or is one of those between the groups. */
  #goesOnAt(outer: number, from: number, to: number): boolean {
    const gap = this.gaps[outer];
    if (gap === undefined) return false;
    for (let inner = from; inner < to; inner += 1) if (this.gaps[inner] === gap) return true;
    return ((this.kinds[outer] ?? 0) & gapKinds.ties) !== 0;
  }

  /** The digits of this group were said, or begin with a letter that looks like one. */
  isWord(group: number): boolean {
    const place = this.hasWords ? this.run.places[this.firsts[group] ?? 0] : undefined;
    return place !== undefined && isLetter(this.folded, place.start);
  }
}

function groupsOf(folded: string, { places }: DigitRun): Pick<GroupedRun, 'firsts' | 'lasts' | 'gaps'> {
  const firsts: number[] = [0];
  const lasts: number[] = [];
  const gaps: string[] = [];
  let end = places[0]?.end ?? 0;
  for (let i = 1; i < places.length; i += 1) {
    const place = places[i];
    if (place === undefined) break;
    const { start } = place;
    if (start > end) {
      lasts.push(i - 1);
      firsts.push(i);
      gaps.push(start === end + 1 ? folded.charAt(end) : folded.slice(end, start));
    }
    ({ end } = place);
  }
  lasts.push(places.length - 1);
  return { firsts, lasts, gaps };
}

const kindsOfOne = Uint8Array.from({ length: 128 }, (_, unit) => kindsByForm(String.fromCharCode(unit)));

function kindsOf(gap: string): number {
  const unit = gap.charCodeAt(0);
  return gap.length === 1 && unit < 128 ? (kindsOfOne[unit] ?? 0) : kindsByForm(gap);
}

function kindsByForm(gap: string): number {
  return (
    (/[\s,;]/u.test(gap) ? gapKinds.parts : 0) |
    (/[,_]|\.\s/u.test(gap) ? gapKinds.lists : 0) |
    (gap.includes('+') ? gapKinds.plus : 0) |
    (ties(gap) ? gapKinds.ties : 0)
  );
}

/** The groups `from` to `to` of a run. */
export class StretchOfRun implements NumberSeen {
  readonly #of: GroupedRun;
  readonly #from: number;
  readonly #to: number;
  readonly span: Span;
  readonly digits: string;
  #text: string | undefined;
  #groups: readonly number[] | undefined;
  #separators: readonly string[] | undefined;

  constructor(of: GroupedRun, from: number, to: number) {
    this.#of = of;
    this.#from = from;
    this.#to = to;
    const first = of.firsts[from] ?? 0;
    const last = of.lasts[to] ?? first;
    const { run } = of;
    this.span = { start: (run.places[first] ?? run).start, end: (run.places[last] ?? run).end };
    this.digits = run.digits.slice(first, last + 1);
  }

  get run(): DigitRun {
    return this.#of.run;
  }

  get text(): string {
    return (this.#text ??= this.#of.folded.slice(this.span.start, this.span.end));
  }

  get groups(): readonly number[] {
    return (this.#groups ??= this.#lengths());
  }

  get pieces(): number {
    return this.#to - this.#from + 1;
  }

  get separators(): readonly string[] {
    return (this.#separators ??= this.#of.gaps.slice(this.#from, this.#to));
  }

  get left(): string {
    return this.#goesOn(this.#from - 1, this.#from) ? (this.#of.gaps[this.#from - 1] ?? '') : '';
  }

  get right(): string {
    return this.#goesOn(this.#to + 1, this.#to) ? (this.#of.gaps[this.#to] ?? '') : '';
  }

  #lengths(): readonly number[] {
    const { firsts, lasts } = this.#of;
    const lengths: number[] = [];
    for (let i = this.#from; i <= this.#to; i += 1) lengths.push((lasts[i] ?? 0) - (firsts[i] ?? 0) + 1);
    return lengths;
  }

  /** A word that is a number as well is no part of one in figures: "this one 4111 1111 1111 1111". */
  #goesOn(beside: number, own: number): boolean {
    const of = this.#of;
    if (beside < 0 || beside >= of.firsts.length) return false;
    return !of.hasWords || of.isWord(own) || !of.isWord(beside);
  }
}

function isLetter(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit < 128 ? (unit | 32) >= 0x61 && (unit | 32) <= 0x7a : /\p{L}/u.test(text.charAt(at));
}
