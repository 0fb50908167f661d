/** Which findings stand close to one of the others. Those that overlap are not two things near each other. */
import { firstIndex } from '../matching/first-index.ts';
import { countIn } from '../matching/word-bounds.ts';
import type { Match } from './match.ts';

export interface Distance {
  readonly most: number;
  /** Words: 1 is the very next one. Characters: those between, of the folded text. */
  readonly unit: 'words' | 'characters';
  readonly ordered: boolean;
  readonly wordStarts: Uint32Array;
}

export interface Pairs {
  /** Those of the first that have one of the second close by, and the other way round. */
  readonly first: readonly Match[];
  readonly second: readonly Match[];
}

export const noPairs: Pairs = { first: [], second: [] };

/** In n log n: each asks only its nearest neighbours, for those further off are no nearer. */
export function pairsOf(first: readonly Match[], second: readonly Match[], distance: Distance): Pairs {
  if (first.length === 0 || second.length === 0) return noPairs;
  const ofFirst = new Neighbours(first);
  const ofSecond = new Neighbours(second);
  return {
    first: first.filter(
      (one) =>
        isClose(one, ofSecond.after(one), distance) ||
        (!distance.ordered && isClose(ofSecond.before(one), one, distance)),
    ),
    second: second.filter(
      (one) =>
        isClose(ofFirst.before(one), one, distance) ||
        (!distance.ordered && isClose(one, ofFirst.after(one), distance)),
    ),
  };
}

function isClose(one: Match | undefined, next: Match | undefined, { most, unit, wordStarts }: Distance): boolean {
  if (one === undefined || next === undefined) return false;
  const from = one.folded.end;
  const to = next.folded.start;
  return unit === 'characters' ? to - from <= most : countIn(wordStarts, from, to) + 1 <= most;
}

class Neighbours {
  readonly #byStart: readonly Match[];
  readonly #byEnd: readonly Match[];

  constructor(matches: readonly Match[]) {
    this.#byStart = matches.toSorted((a, b) => a.folded.start - b.folded.start);
    this.#byEnd = matches.toSorted((a, b) => a.folded.end - b.folded.end);
  }

  /** The first that begins where `one` has ended, or later. */
  after(one: Match): Match | undefined {
    const from = one.folded.end;
    return this.#byStart[
      firstIndex(this.#byStart.length, (index) => (this.#byStart[index]?.folded.start ?? 0) >= from)
    ];
  }

  /** The last that has ended where `one` begins. */
  before(one: Match): Match | undefined {
    const to = one.folded.start;
    return this.#byEnd[firstIndex(this.#byEnd.length, (index) => (this.#byEnd[index]?.folded.end ?? 0) > to) - 1];
  }
}
