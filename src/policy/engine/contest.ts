/** Two kinds of numbers at one place: one of them is there, and the surer is believed. */
import { firstIndex } from '../matching/first-index.ts';
import type { Finders } from './compiled-rule.ts';
import type { Match } from './match.ts';

/** So many times rarer by chance is clearly surer, where nothing else tells two kinds apart. */
const clearly = 5;
/** No number that anything looks for is longer, separators and words for digits counted; one that is doesn't outdo another. */
const longest = 400;

type Kind = Finders['numbers'][number];

/** The kinds of numbers that contend in one text. */
export class Contests {
  readonly #kinds: readonly Kind[];
  readonly #of: (kind: Kind) => readonly Match[];
  /** By the digits that a rival has at the least. */
  readonly #byDigits = new Map<number, Contest>();

  /** `of` says what a kind finds in the text. */
  constructor(kinds: readonly Kind[], of: (kind: Kind) => readonly Match[]) {
    this.#kinds = kinds;
    this.#of = of;
  }

  /** Is there one of another kind, over the whole place of `one`, that is surer? Kinds whose numbers are shorter aren't asked. */
  isOutdone(one: Match, folded: string): boolean {
    const digits = digitsIn(folded, one.folded);
    let contest = this.#byDigits.get(digits);
    if (contest === undefined) {
      const asked = this.#kinds.filter(({ detector: { mostDigits = digits } }) => mostDigits >= digits);
      this.#byDigits.set(digits, (contest = new Contest(asked.flatMap(this.#of))));
    }
    return contest.isOutdone(one);
  }
}

/** Those that were said in words aren't counted: whoever stands over these has at least the others. */
function digitsIn(folded: string, { start, end }: Match['folded']): number {
  let digits = 0;
  for (let at = start; at < end; at += 1) {
    const unit = folded.charCodeAt(at);
    if (unit >= 0x30 && unit <= 0x39) digits += 1;
  }
  return digits;
}

class Contest {
  readonly #byStart: readonly Match[];

  constructor(numbers: readonly Match[]) {
    this.#byStart = numbers.toSorted((a, b) => a.folded.start - b.folded.start);
  }

  isOutdone(one: Match): boolean {
    const { start } = one.folded;
    const first = firstIndex(this.#byStart.length, (at) => (this.#byStart[at]?.folded.start ?? 0) >= start - longest);
    for (let at = first; at < this.#byStart.length; at += 1) {
      const rival = this.#byStart[at];
      if (rival === undefined || rival.folded.start > start) return false;
      if (rival.folded.end >= one.folded.end && isSurer(rival, one)) return true;
    }
    return false;
  }
}

/** What no word beside it names outdoes what one names only with a check that hardly any random number passes. */
const certain = 0.85;

/** By what the finding says of itself, then by the word that names it, by how much of the text it explains, by chance. */
function isSurer(rival: Match, one: Match): boolean {
  if (rival === one || rival.number === undefined || one.number === undefined) return false;
  if (one.number.isNamed && !rival.number.isNamed && rival.confidence < certain) return false;
  if (rival.confidence !== one.confidence) return rival.confidence > one.confidence;
  if (rival.number.isNamed !== one.number.isNamed) return rival.number.isNamed;
  const [rare, common] = [rival.number.chance, one.number.chance];
  return lengthOf(rival) > lengthOf(one) ? rare < common : rare * clearly <= common;
}

function lengthOf({ folded }: Match): number {
  return folded.end - folded.start;
}
