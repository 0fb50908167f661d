/** A number said in words at one place of a folded text. */
import { longestNumber, numberWords, repeats, spokenSeparators } from './number-words.ts';

export interface SpokenNumber {
  readonly digits: string;
  readonly end: number;
}

/** Longer words are no numbers; so no look ahead costs more than a few of them. */
const longestWord = 18;

/** First words of all numbers by their first two letters and length: most words of a text aren't even looked up. */
const beginnings = new Uint32Array(32 * 32);
for (const phrase of [...numberWords.keys(), ...repeats.keys()]) {
  const first = phrase.split(' ', 1)[0] ?? '';
  const two = firstTwo(first, 0);
  beginnings[two] = (beginnings[two] ?? 0) | (1 << first.length);
}

/** Of words of a to z: these differ in their last five bits. */
function firstTwo(text: string, at: number): number {
  return ((text.charCodeAt(at) & 31) << 5) | (text.charCodeAt(at + 1) & 31);
}

export function isSpokenSeparator(word: string): boolean {
  return spokenSeparators.has(word);
}

/** False for nearly every word, without making one of it. */
export function mayBegin(text: string, at: number, end: number): boolean {
  const length = end - at;
  return length > 1 && length <= longestWord && ((beginnings[firstTwo(text, at)] ?? 0) & (1 << length)) !== 0;
}

/** The longest number that begins at `at`: `forty two`, `double four`, `quatre-vingt-dix-sept`. */
export function numberAt(text: string, at: number): SpokenNumber | undefined {
  const first = wordAt(text, at);
  if (first === '' || !mayBegin(text, at, at + first.length)) return undefined;
  const times = repeats.get(first);
  return times === undefined ? plainNumberAt(text, at) : repeatedAt(text, at + first.length, times);
}

function repeatedAt(text: string, from: number, times: number): SpokenNumber | undefined {
  const digit = /[0-9]/.test(text.charAt(from + 1))
    ? { digits: text.charAt(from + 1), end: from + 2 }
    : plainNumberAt(text, from + 1);
  if (!isJoint(text.charAt(from)) || digit?.digits.length !== 1) return undefined;
  return { digits: digit.digits.repeat(times), end: digit.end };
}

function plainNumberAt(text: string, at: number): SpokenNumber | undefined {
  let found: SpokenNumber | undefined;
  let phrase = '';
  let from = at;
  for (let words = 0; words < longestNumber; words += 1) {
    const word = wordAt(text, from);
    if (word === '') break;
    phrase += word;
    from += word.length;
    const digits = numberWords.get(phrase);
    if (digits !== undefined) found = { digits, end: from };
    if (!isJoint(text.charAt(from))) break;
    phrase += ' ';
    from += 1;
  }
  return found;
}

function isJoint(character: string): boolean {
  return character === ' ' || character === '-';
}

function wordAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && end - at <= longestWord && isLetter(text.charCodeAt(end))) end += 1;
  return end - at > longestWord ? '' : text.slice(at, end);
}

function isLetter(unit: number): boolean {
  return unit >= 0x61 && unit <= 0x7a;
}
