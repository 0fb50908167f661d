/** A run of digits by its groups, worked out once; and the stretches of it, of which most are looked at for a moment only. */
import type { DigitRun, Span } from '../normalised.ts';
import type { NumberSeen } from './number-seen.ts';

export interface GroupedRun {
  readonly run: DigitRun;
  readonly folded: string;
  /** Of each group its first and its last digit. */
  readonly firsts: readonly number[];
  readonly lasts: readonly number[];
  /** `gaps[i]` stands between the groups i and i + 1. */
  readonly gaps: readonly string[];
  /** What is in each of them, of `gapKinds`. */
  readonly kinds: Uint8Array;
}

/** White space, comma, semicolon: what stands between two numbers. Comma, underscore, full stop and space: a list. */
export const gapKinds = { parts: 1, lists: 2, plus: 4 } as const;

/** Digits that touch are one group; the digits of one word ("forty-two") touch as well. */
export function groupedRun(folded: string, run: DigitRun): GroupedRun {
  const { places } = run;
  const firsts: number[] = [0];
  const lasts: number[] = [];
  const gaps: string[] = [];
  for (let i = 1; i < places.length; i += 1) {
    const end = places[i - 1]?.end ?? 0;
    const start = places[i]?.start ?? 0;
    if (start <= end) continue;
    lasts.push(i - 1);
    firsts.push(i);
    gaps.push(folded.slice(end, start));
  }
  lasts.push(places.length - 1);
  return { run, folded, firsts, lasts, gaps, kinds: Uint8Array.from(gaps, kindsOf) };
}

function kindsOf(gap: string): number {
  return (
    (/[\s,;]/u.test(gap) ? gapKinds.parts : 0) |
    (/[,_]|\.\s/u.test(gap) ? gapKinds.lists : 0) |
    (gap.includes('+') ? gapKinds.plus : 0)
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
    const { firsts, lasts } = this.#of;
    return (this.#groups ??= firsts
      .slice(this.#from, this.#to + 1)
      .map((first, i) => (lasts[this.#from + i] ?? first) - first + 1));
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

  /** A word that is a number as well is no part of one in figures: "this one 4111 1111 1111 1111". */
  #goesOn(beside: number, own: number): boolean {
    return this.#of.firsts[beside] !== undefined && (this.#isWord(own) || !this.#isWord(beside));
  }

  #isWord(group: number): boolean {
    const { run, folded, firsts } = this.#of;
    const place = run.places[firsts[group] ?? 0];
    return place !== undefined && /\p{L}/u.test(folded.charAt(place.start));
  }
}
