/**
 * What each character becomes when a text is folded, worked out once for every code point: NFKC, lower case, marks on
 * letters away (ä is a, ß is ss), digits of every script to 0-9, dashes to `-`, quotation marks to `'` and `"`, white space
 * to a space. Look-alikes of other scripts stand beside it, because whether they apply is decided by the word.
 */
import { lookAlikes } from './look-alikes.ts';

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
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u2800]/u;
const bidiControl = /[\u202a-\u202e\u2066-\u2069]/u;
/** Combining marks that hang on any letter; the vowels of Indic scripts and the points of others are letters of theirs. */
const anyMark = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/u;
const anyMarks = new RegExp(anyMark.source, 'gu');
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
    if (point === 0x3400) point = 0xa600;
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

function simple(char: string, point: number): string | undefined {
  const digit = digits.get(point);
  if (digit !== undefined) return digit;
  if (bidiControl.test(char) || invisible.test(char) || anyMark.test(char)) return '';
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
  return char.normalize('NFKC').toLowerCase().normalize('NFD').replaceAll(anyMarks, '').normalize('NFC');
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
  if (bidiControl.test(char)) return k.bidi;
  if (invisible.test(char)) return k.invisible;
  if (anyMark.test(char)) return k.mark;
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return k.regional | k.latin;
  const wide = point >= 0xff01 && point <= 0xff5e ? k.wide : 0;
  if (/[\p{N}\p{M}]/u.test(char) && /^[0-9]*$/u.test(text)) return k.neutral | wide;
  if (/^[a-z]+$/u.test(text)) return k.latin | wide;
  return /[\p{L}\p{M}]/u.test(char) ? k.letter | wide : wide;
}

/** Ideographs, Hangul and private use are themselves: nothing to work out. */
function isPlain(point: number): boolean {
  return (
    (point >= 0x3400 && point < 0xa000) || (point >= 0xac00 && point < 0xd7a4) || (point >= 0xe000 && point < 0xf900)
  );
}

function alikeOf(char: string, point: number): number {
  return alikes.get(point) ?? alikes.get(char.toLowerCase().codePointAt(0) ?? 0) ?? 0;
}

function buildLetters(): Letters {
  const units = new Uint16Array(0x10000);
  const kinds = new Uint8Array(0x10000);
  const alike = new Uint16Array(0x10000);
  const texts = new Map<number, string>();
  for (let point = 0; point < 0x10000; point += 1) {
    units[point] = point;
    if (isPlain(point)) {
      kinds[point] = point < 0xe000 ? letterKinds.letter : 0;
      continue;
    }
    const char = String.fromCharCode(point);
    const text = becomes(char);
    units[point] = text.length > 1 ? many : text === '' ? 0 : text.charCodeAt(0);
    if (text.length > 1) texts.set(point, text);
    kinds[point] = kindOf(char, point, text);
    if (text.length === 1 && (kinds[point] & letterKinds.letter) !== 0)
      alike[point] = alikeOf(text === char ? char : char, point);
  }
  return { units, kinds, alike, ...beyond(texts) };
}

/** Only what changes: mathematical letters, squared and negative ones, digits, tags, look-alikes of dead scripts. */
function beyond(texts: Map<number, string>): { texts: Map<number, string>; kindsBeyond: Map<number, number> } {
  const kindsBeyond = new Map<number, number>();
  for (let point = 0x10000; point < 0x1fc00; point += 1) {
    if (point === 0x12000) point = 0x16a00;
    if (point === 0x17000) point = 0x1bc00;
    place(point, texts, kindsBeyond);
  }
  for (let point = 0xe0000; point < 0xe01f0; point += 1) place(point, texts, kindsBeyond);
  return { texts, kindsBeyond };
}

function place(point: number, texts: Map<number, string>, kinds: Map<number, number>): void {
  const char = String.fromCodePoint(point);
  const text = becomes(char);
  if (text !== char) texts.set(point, text);
  const kind = kindOf(char, point, text);
  if (kind !== 0) kinds.set(point, kind);
}

export const letters: Letters = buildLetters();
