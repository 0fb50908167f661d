/**
 * What each character becomes when a text is folded, worked out once for every code point: NFKC, lower case, marks on
 * letters away (ä is a, ß is ss), digits of every script to 0-9, dashes to `-`, quotation marks to `'` and `"`, white space
 * to a space. Look-alikes of other scripts stand beside it, because whether they apply is decided by the word.
 */
import { lookAlikes } from './look-alikes.ts';
import { isBidiControl, isInvisible, isMark, withoutMarks } from './marks.ts';

export const letterKinds = {
  latin: 1,
  letter: 2,
  neutral: 4,
  mark: 8,
  invisible: 16,
  bidi: 32,
  regional: 64,
  wide: 128,
};

/** NFKC makes up to 18 units of one (U+FDFA); a text may grow to four times its length and no further. */
const longest = 4;
const singleQuotes = '\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u02c8\u00b4\u055a\ua78c\uff07';
const doubleQuotes = '\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02';
const dashes = /[\p{Pd}\u2212\u02d7\u2043]/u;

/** Written as one, read as two. */
const pairs: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ς: 'σ' };

/** `at[cp]` for the plane that nearly all text is in, `beyond` for the rest; what is in neither stays itself. */
interface Letters {
  /** One unit, or 0: nothing, or `many`: in `texts`. */
  readonly units: Uint16Array;
  readonly kinds: Uint8Array;
  /** The letter that it looks like, or 0. */
  readonly alike: Uint16Array;
  readonly texts: ReadonlyMap<number, string>;
  readonly kindsBeyond: ReadonlyMap<number, number>;
}

/** Marks a character that becomes several: no character has this unit in a well-formed text. */
export const many = 0xffff;

function alikeTable(): ReadonlyMap<number, number> {
  const table = new Map<number, number>();
  for (const [letter, points] of Object.entries(lookAlikes)) {
    for (const point of points.split(' ')) table.set(Number.parseInt(point, 16), letter.charCodeAt(0));
  }
  return table;
}

/** Ten digits of a script follow one another, 0 first (Unicode 4.6), and so do the runs of tens. */
function digitTable(): ReadonlyMap<number, string> {
  const table = new Map<number, string>();
  let run = 0;
  for (let point = 0x80; point < 0x1fc00; point += 1) {
    if (isPlain(point)) continue;
    run = /\p{Nd}/u.test(String.fromCodePoint(point)) ? run + 1 : 0;
    if (run > 0) table.set(point, String((run - 1) % 10));
  }
  for (const [first, from, count] of otherDigits) {
    for (let n = 0; n < count; n += 1) table.set(first + n, String(from + n));
  }
  return table.set(0x1f51f, '10');
}

/** Circled and dingbat numbers that NFKC leaves alone, and those that it would make `(1)` or `1.` of. */
const otherDigits = [
  [0x2776, 1, 10],
  [0x2780, 1, 10],
  [0x278a, 1, 10],
  [0x24f5, 1, 10],
  [0x24eb, 11, 10],
  [0x24ff, 0, 1],
  [0x2474, 1, 20],
  [0x2488, 1, 20],
  [0x1f10b, 0, 1],
  [0x1f10c, 0, 1],
] as const;

const alikes = alikeTable();
const digits = digitTable();

function isHidden(char: string, point: number): boolean {
  return isBidiControl(point) || isInvisible(char, point) || isMark(point);
}

function simple(char: string, point: number): string | undefined {
  const digit = digits.get(point);
  if (digit !== undefined) return digit;
  if (isHidden(char, point)) return '';
  if (/[\s\x85]/u.test(char)) return ' ';
  if (dashes.test(char)) return '-';
  if (singleQuotes.includes(char)) return "'";
  return doubleQuotes.includes(char) ? '"' : undefined;
}

/** A look-alike in the Latin script itself, or beyond the plane of living scripts: there is no word that it is honest in. */
function alwaysAlike(char: string, point: number): string | undefined {
  const letter = alikes.get(point);
  if (letter === undefined || !(point > 0xffff || /[\p{Script=Latin}\p{S}]/u.test(char))) return undefined;
  return String.fromCharCode(letter);
}

function step(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  if (point >= 0xd800 && point <= 0xdfff) return '\ufffd';
  const found = simple(char, point) ?? alwaysAlike(char, point) ?? pairs[char];
  if (found !== undefined) return found;
  return withoutMarks(char.normalize('NFKC').toLowerCase());
}

function becomes(char: string): string {
  let text = step(char);
  for (let round = 0; round < 4; round += 1) {
    const next = Array.from(text, step).join('');
    if (next === text) break;
    text = next;
  }
  return cutWell(text);
}

function cutWell(text: string): string {
  const cut = text.slice(0, longest);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

function kindOf(char: string, point: number, text: string): number {
  const k = letterKinds;
  if (isBidiControl(point)) return k.bidi;
  if (isMark(point)) return k.mark;
  if (isInvisible(char, point)) return k.invisible;
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return k.regional | k.latin;
  return wordKind(text) | (point >= 0xff01 && point <= 0xff5e ? k.wide : 0);
}

/** What it is to the word that it stands in. */
function wordKind(text: string): number {
  if (/[a-z]/.test(text)) return letterKinds.latin;
  if (/^[0-9]+$/.test(text)) return letterKinds.neutral;
  return /[\p{L}\p{M}\p{N}]/u.test(text) ? letterKinds.letter : 0;
}

/** Ideographs, Hangul and private use are themselves: nothing to work out. */
function isPlain(point: number): boolean {
  return (
    (point >= 0x3400 && point < 0xa000) || (point >= 0xac00 && point < 0xd7a4) || (point >= 0xe000 && point < 0xf900)
  );
}

/** A capital may look like another letter than its small one (Η is h, η is n). */
function alikeOf(point: number, text: string): number {
  return alikes.get(point) ?? alikes.get(text.charCodeAt(0)) ?? 0;
}

/** What it becomes, and what it is; what is more than one unit, or beyond the plane, is put into `texts`. */
function take(point: number, texts: Map<number, string>): { readonly text: string; readonly kind: number } {
  const char = String.fromCodePoint(point);
  const text = becomes(char);
  if (text.length > 1 || (point > 0xffff && text !== char)) texts.set(point, text);
  return { text, kind: kindOf(char, point, text) };
}

function buildLetters(): Letters {
  const units = new Uint16Array(0x10000);
  const kinds = new Uint8Array(0x10000);
  const alike = new Uint16Array(0x10000);
  const texts = new Map<number, string>();
  for (let point = 0; point < 0x10000; point += 1) {
    units[point] = point;
    kinds[point] = point < 0xe000 ? letterKinds.letter : 0;
    if (isPlain(point)) continue;
    const { text, kind } = take(point, texts);
    units[point] = text.length > 1 ? many : text === '' ? 0 : text.charCodeAt(0);
    kinds[point] = kind;
    if (text.length === 1 && kind === letterKinds.letter) alike[point] = alikeOf(point, text);
  }
  return { units, kinds, alike, texts, kindsBeyond: beyond(texts) };
}

/** Old and living alphabets, mathematical letters and digits, squared and negative ones, tags; the rest are ideographs and emoji. */
const changing = [
  [0x10000, 0x11fff],
  [0x16a00, 0x16fff],
  [0x1bc00, 0x1fbff],
  [0xe0000, 0xe01ef],
] as const;

function beyond(texts: Map<number, string>): ReadonlyMap<number, number> {
  const kinds = new Map<number, number>();
  for (const [first, last] of changing) {
    for (let point = first; point <= last; point += 1) {
      const { text, kind } = take(point, texts);
      if (text !== String.fromCodePoint(point) || kind !== 0) kinds.set(point, kind);
    }
  }
  return kinds;
}

export const letters: Letters = buildLetters();
