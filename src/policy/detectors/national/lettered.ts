/** Numbers of persons with letters in them: whether one of any state may be in a text, found out once for all that ask. */
import type { Readings } from '../../normalised.ts';
import { BoundedPattern } from '../bounded-pattern.ts';

/** `pattern`, or each of several, where it is no part of a longer word or number, and does not go on behind a hyphen or a slash. */
export function whole(...patterns: readonly string[]): BoundedPattern {
  const source = `(?<![\\p{L}\\p{N}_]|\\p{N}[-/.&])(?:${patterns.join('|')})(?![\\p{L}\\p{N}_]|[-/&=][\\p{L}\\p{N}])`;
  return new BoundedPattern({ source, flags: 'gu' });
}

/** At most so many digits are in what the pattern matches; rather one too many than one too few. */
export function mostDigitsOf(pattern: string): number {
  const digits = /(?:\\d|\[[^\]]*(?:\\d|\d)[^\]]*\]|\d)(?:\{(?:\d+,)?(?<times>\d+)\})?/gu;
  return [...pattern.matchAll(digits)].reduce((sum, { groups }) => sum + Number(groups?.['times'] ?? 1), 0);
}

export class Lettered {
  readonly #any: BoundedPattern;
  /** As long as somebody still reads the text. */
  readonly #known = new WeakMap<Readings, boolean>();

  constructor(patterns: readonly string[]) {
    this.#any = whole(...patterns);
  }

  /** False where none of the patterns is in it. */
  mayBeIn(readings: Readings): boolean {
    let found = this.#known.get(readings);
    if (found === undefined) {
      found = readings.plain.folded.search(this.#any.in(readings.plain)) !== -1;
      this.#known.set(readings, found);
    }
    return found;
  }
}
