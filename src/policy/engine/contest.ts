/** Two kinds of numbers at one place: one of them is there, and the surer is believed. */
import { firstIndex } from '../matching/first-index.ts';
import type { Match } from './match.ts';

/** So many times rarer by chance is clearly surer, where nothing else tells two kinds apart. */
const clearly = 5;
/** No number that anything looks for is longer, separators and words for digits counted; one that is doesn't outdo another. */
const longest = 400;

export class Contest {
  readonly #byStart: readonly Match[];

  /** `numbers` of all kinds that contend. */
  constructor(numbers: readonly Match[]) {
    this.#byStart = numbers.toSorted((a, b) => a.folded.start - b.folded.start);
  }

  /** Is there one of another kind, over the whole place of `one`, that is surer? */
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
