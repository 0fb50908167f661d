/**
 * A text as the words that a search compares. Scripts that are written without spaces (and Korean, whose words carry
 * endings) become pairs of neighbouring characters: a run of them is found wherever it stands inside a longer run.
 */
import { fold } from './fold.ts';

const SPACELESS =
  '[[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}]&&[\\p{L}\\p{M}\\p{N}]]';
const ANY_WORD = new RegExp(`(${SPACELESS}+)|[[\\p{L}\\p{M}\\p{N}]--${SPACELESS}]+|\\p{Extended_Pictographic}`, 'gv');
const STARTS_SPACELESS = new RegExp(`^${SPACELESS}`, 'v');
const ASCII_WORD = /[a-z0-9]+/gu;
const ASCII = /^[\0-\x7f]*$/u;

/** The folded words of `text` in order, at most `limit`. */
export function words(text: string, limit = Infinity): readonly string[] {
  const folded = fold(text);
  const found: string[] = [];
  for (const match of folded.matchAll(ASCII.test(folded) ? ASCII_WORD : ANY_WORD)) {
    if (found.length >= limit) break;
    const run = match[1];
    if (run === undefined) found.push(match[0]);
    else pushPairs(run, found, limit);
  }
  return found;
}

function pushPairs(run: string, found: string[], limit: number): void {
  const characters = Array.from(run);
  if (characters.length === 1) found.push(run);
  for (let i = 1; i < characters.length && found.length < limit; i += 1) {
    found.push(`${characters[i - 1] ?? ''}${characters[i] ?? ''}`);
  }
}

/** Whether a word is a pair, or a single character, of a script written without spaces. */
export function isSpaceless(word: string): boolean {
  return word.charCodeAt(0) > 0x7f && STARTS_SPACELESS.test(word);
}

/** How long the prefixes are that the index holds, in characters. */
export const PREFIX_LENGTHS: readonly number[] = [2, 3, 4, 6, 8];

/** The prefixes of `word` that the index holds: of these lengths, as far as the word goes. */
export function prefixesOf(word: string): readonly string[] {
  const characters = Array.from(word.slice(0, 16));
  return PREFIX_LENGTHS.filter((length) => length <= characters.length).map((length) =>
    characters.slice(0, length).join(''),
  );
}
