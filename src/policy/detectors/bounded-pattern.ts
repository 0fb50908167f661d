/**
 * A pattern that asks for letters and digits of all scripts (`\p{L}`, `\p{N}`), and the same for a text of ASCII alone, which
 * most are: with the tables of Unicode an engine takes up to a millisecond to make one ready, and is slower afterwards.
 */
import type { Normalised } from '../normalised.ts';

export class BoundedPattern {
  readonly #source: string;
  readonly #flags: string;
  #ofAscii: RegExp | undefined;
  #ofAll: RegExp | undefined;

  constructor({ source, flags }: Pick<RegExp, 'source' | 'flags'>) {
    this.#source = source;
    this.#flags = flags;
  }

  /** For the folded text: both find the same in it. */
  in({ at }: Normalised): RegExp {
    if (at !== undefined) return (this.#ofAll ??= new RegExp(this.#source, this.#flags));
    return (this.#ofAscii ??= new RegExp(inAscii(this.#source), this.#flags));
  }
}

/** A folded text has no capitals. */
function inAscii(source: string): string {
  return source.replaceAll(String.raw`\p{L}`, 'a-z').replaceAll(String.raw`\p{N}`, String.raw`\d`);
}
