/** Words without their disguise: `c4ll`, `c.a.l.l`, `c a l l`. Made only where something of the kind stands in the text. */
import type { Normalised, Trick } from '../normalised.ts';

const leetLetters: Readonly<Record<string, string>> = {
  '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g',
  '@': 'a', '$': 's', '!': 'i', '|': 'l', '+': 't', '€': 'e', '£': 'l', '¢': 'c',
}; // prettier-ignore
const signs = Object.keys(leetLetters).join('');
const separators = ' .-_*/,·';
const fewestLone = 4;
const nothingAlone = { end: 0, letters: false };

/** What a character may be in a disguised word, by its ASCII code; the few signs beyond ASCII are looked up. */
const is = { letter: 1, sign: 2, figure: 4, separator: 8 } as const;
const classes = Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[a-z]/.test(character)) return is.letter;
  if (/[0-9]/.test(character)) return is.figure | (signs.includes(character) ? is.sign : 0);
  return (signs.includes(character) ? is.sign : 0) | (separators.includes(character) ? is.separator : 0);
});

function classOf(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 128) return classes[unit] ?? 0;
  const character = text.charAt(at);
  return character !== '' && signs.includes(character) ? is.sign : character === '·' ? is.separator : 0;
}

/** Undefined where it would read as the text itself; linear. */
export function undisguised(text: Normalised): Normalised | undefined {
  const drawn = hasEvenRow(text.folded) ? drawnTogether(text) : text;
  const read = lettersFor(drawn);
  return read === text ? undefined : read;
}

/** The same separator three times, with one character between each two: what at least four lone characters need. */
function hasEvenRow(text: string): boolean {
  for (let at = 1; at < text.length - 4; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === text.charCodeAt(at + 2) && unit === text.charCodeAt(at + 4) && classOf(text, at) & is.separator)
      return true;
  }
  return false;
}

/** Signs are rare: only words that have one beside a letter are read. */
function lettersFor(text: Normalised): Normalised {
  const { folded } = text;
  let read = '';
  let from = 0;
  for (let at = signInWord(folded, 0); at !== -1; at = signInWord(folded, at)) {
    const start = folded.lastIndexOf(' ', at) + 1;
    const space = folded.indexOf(' ', at);
    at = space === -1 ? folded.length : space;
    read += folded.slice(from, start) + wordOf(folded.slice(start, at));
    from = at;
  }
  read += folded.slice(from);
  return read === folded ? text : { ...text, folded: read, tricks: withTrick(text, 'leet') };
}

/** The first from `from` on that stands beside a letter; -1: none. */
function signInWord(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if ((unit >= 0x61 && unit <= 0x7a) || unit === 0x20 || (classOf(text, at) & is.sign) === 0) continue;
    if (classOf(text, at - 1) & is.letter || classOf(text, at + 1) & is.letter) return at;
  }
  return -1;
}

/** Same length, so that the offsets hold. Addresses of mail and of pages are left alone, and what is mostly a number. */
function wordOf(word: string): string {
  if (word.includes('://') || (word.includes('@') && word.includes('.', word.indexOf('@')))) return word;
  let letters = 0;
  for (let at = 0; at < word.length; at += 1) if (classOf(word, at) & is.letter) letters += 1;
  if (letters < 2 && word.length > letters + 2) return word;
  let read = '';
  for (let at = 0; at < word.length; at += 1)
    read += classOf(word, at) & is.sign ? letterFor(word, at) : word.charAt(at);
  return read;
}

/** 1 is l beside another 1 or an l, else i; a mark that closes or opens a word is one. */
function letterFor(word: string, at: number): string {
  const sign = word.charAt(at);
  if ((sign === '!' || sign === '+') && (at === 0 || at === word.length - 1)) return sign;
  if (sign === '1' && (isOneOrL(word.charAt(at - 1)) || isOneOrL(word.charAt(at + 1)))) return 'l';
  return leetLetters[sign] ?? sign;
}

function isOneOrL(character: string): boolean {
  return character === '1' || character === 'l';
}

/**
 * Runs of at least four characters that stand alone with one and the same separator, one of them a letter; where there is
 * one, shorter ones are drawn together as well, but not over spaces (`c.a.l.l m.y`). Where a gap is wider or a line ends, one word
 * ends and the next begins.
 */
function drawnTogether(text: Normalised): Normalised {
  const { folded } = text;
  const dropped: number[] = [];
  let longest = 0;
  for (let from = 0; from < folded.length;) {
    const { end, letters } = loneRun(folded, from);
    const count = (end - from + 1) / 2;
    if (letters) longest = Math.max(longest, count);
    const drawn = letters && (count >= fewestLone || folded.charAt(from + 1) !== ' ');
    for (let at = from + 1; drawn && at < end; at += 2) if (!isWideGap(text, from + 1, at)) dropped.push(at);
    from = Math.max(end - 1, from + 1);
  }
  return longest < fewestLone ? text : without(text, dropped);
}

/** The last of a run may be the first of the next one, which has another separator. */
function loneRun(folded: string, from: number): { readonly end: number; readonly letters: boolean } {
  const separator = folded.charCodeAt(from + 1);
  if ((classOf(folded, from + 1) & is.separator) === 0 || !isLone(folded, from) || isWord(folded, from - 1)) {
    return nothingAlone;
  }
  let letters = classOf(folded, from) & is.letter;
  let end = from + 1;
  while (folded.charCodeAt(end) === separator && isLone(folded, end + 1) && !isWord(folded, end + 2)) {
    letters |= classOf(folded, end + 1) & is.letter;
    end += 2;
  }
  return { end, letters: letters !== 0 };
}

function isLone(text: string, at: number): boolean {
  return (classOf(text, at) & (is.letter | is.sign | is.figure)) !== 0;
}

function isWord(text: string, at: number): boolean {
  return at >= 0 && (classOf(text, at) & (is.letter | is.figure)) !== 0;
}

function isWideGap({ at, original }: Normalised, first: number, index: number): boolean {
  const place = (of: number): number => at?.[of] ?? of;
  return place(index + 1) - place(index) > 1 || original.charAt(place(index)) !== original.charAt(place(first));
}

function without(text: Normalised, dropped: readonly number[]): Normalised {
  const { original, folded } = text;
  const at = new Uint32Array(folded.length - dropped.length + 1);
  const parts: string[] = [];
  let from = 0;
  let length = 0;
  for (const end of [...dropped, folded.length]) {
    for (let index = from; index < end; index += 1) at[length++] = text.at?.[index] ?? index;
    parts.push(folded.slice(from, end));
    from = end + 1;
  }
  at[length] = original.length;
  return { original, folded: parts.join(''), at, tricks: withTrick(text, 'spaced-out') };
}

function withTrick(text: Normalised, trick: Trick): readonly Trick[] {
  return [...new Set([...text.tricks, trick])];
}
