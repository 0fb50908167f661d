/** Words without their disguise: `c4ll`, `c.a.l.l`, `c a l l`. Made only where something of the kind stands in the text. */
import type { Normalised, Trick } from '../normalised.ts';

const leetLetters: Readonly<Record<string, string>> = {
  '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g',
  '@': 'a', '$': 's', '!': 'i', '|': 'l', '+': 't', '€': 'e', '£': 'l', '¢': 'c',
}; // prettier-ignore
/** A digit or sign with a letter on one side at least. */
const inWord = /[a-z][013457@$!|+€£¢89]{1,3}[a-z]|[a-z][013457@$€£¢89]|[013457@$€£¢89][a-z]/;
const fewestLone = 4;
const loneLetters = /(?<![^\s.\-_*/,·])[a-z]([\s.\-_*/,·])[a-z0-9@$!|]\1[a-z0-9@$!|]\1[a-z0-9@$!|](?![a-z0-9])/;

export function undisguised(text: Normalised): Normalised | undefined {
  const spaced = loneLetters.test(text.folded);
  if (!spaced && !inWord.test(text.folded)) return undefined;
  const drawn = spaced ? drawnTogether(text) : text;
  const read = inWord.test(drawn.folded) ? lettersFor(drawn) : drawn;
  return read === text ? undefined : read;
}

function lettersFor(text: Normalised): Normalised {
  let changed = false;
  const folded = text.folded.replaceAll(/[^ ]+/g, (word) => {
    const read = wordOf(word);
    changed ||= read !== word;
    return read;
  });
  return changed ? { ...text, folded, tricks: withTrick(text, 'leet') } : text;
}

/** Same length, so that the offsets hold. Numbers, addresses of mail and of pages are left alone. */
function wordOf(word: string): string {
  if (!/[a-z]/.test(word) || !inWord.test(word) || word.includes('://') || /@.+\./.test(word)) return word;
  const letters = word.match(/[a-z]/g)?.length ?? 0;
  if (letters < 2 && word.length > letters + 2) return word;
  return word.replaceAll(/[013457@$!|+€£¢89]/g, (sign, at: number) => letterFor(word, sign, at));
}

/** 1 is l beside another 1 or an l, else i; a closing exclamation mark is one. */
function letterFor(word: string, sign: string, at: number): string {
  if ((sign === '!' || sign === '+') && (at === 0 || at === word.length - 1)) return sign;
  if (sign === '1' && (/[1l]/.test(word.charAt(at - 1)) || /[1l]/.test(word.charAt(at + 1)))) return 'l';
  return leetLetters[sign] ?? sign;
}

/** Runs of single letters with one and the same separator; where the gap is wider, one word ends and the next begins. */
function drawnTogether(text: Normalised): Normalised {
  const { folded } = text;
  const kept: number[] = [];
  for (let i = 0; i < folded.length;) {
    const end = loneRunEnd(folded, i);
    if (end === i) {
      kept.push(i);
      i += 1;
      continue;
    }
    for (let j = i; j < end; j += 1) if ((j - i) % 2 === 0 || isWideGap(text, j)) kept.push(j);
    i = end;
  }
  return picked(text, kept);
}

/** The end of a run of at least four single letters that begins at `from`, or `from`. */
function loneRunEnd(folded: string, from: number): number {
  if (!isLone(folded.charAt(from)) || isWord(folded.charAt(from - 1))) return from;
  const separator = folded.charAt(from + 1);
  if (!/[\s.\-_*/,·]/.test(separator)) return from;
  let end = from + 1;
  while (folded.charAt(end) === separator && isLone(folded.charAt(end + 1)) && !isWord(folded.charAt(end + 2)))
    end += 2;
  return (end - from + 1) / 2 >= fewestLone && /[a-z]/.test(folded.slice(from, end)) ? end : from;
}

function isLone(character: string): boolean {
  return /[a-z0-9@$!|]/.test(character);
}

function isWord(character: string): boolean {
  return /[a-z0-9]/.test(character);
}

function isWideGap({ at }: Normalised, index: number): boolean {
  return at !== undefined && (at[index + 1] ?? 0) - (at[index] ?? 0) > 1;
}

function picked(text: Normalised, kept: readonly number[]): Normalised {
  const { original, folded } = text;
  const at = new Uint32Array(kept.length + 1);
  for (const [i, index] of kept.entries()) at[i] = text.at?.[index] ?? index;
  at[kept.length] = original.length;
  return { original, folded: kept.map((i) => folded.charAt(i)).join(''), at, tricks: withTrick(text, 'spaced-out') };
}

function withTrick(text: Normalised, trick: Trick): readonly Trick[] {
  return [...new Set([...text.tricks, trick])];
}
