/**
 * What each character becomes when a text is folded, worked out when it is met for the first time: NFKC, lower case, marks on
 * letters away (ä is a, ß is ss), digits of every script to 0-9, dashes to `-`, quotation marks to `'` and `"`, white space
 * to a space. Look-alikes of other scripts stand beside it, because whether they apply is decided by the word.
 */
import { lookAlikes } from '../../core/look-alikes.ts';
import { isInvisible } from '../../core/invisible.ts';
import { isBidiControl, isMark, withoutMarks } from './marks.ts';

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
  for (const [first, last] of withDigits) {
    const points = Array.from({ length: last - first + 1 }, (_, n) => first + n);
    for (const run of String.fromCodePoint(...points).matchAll(/\p{Nd}+/gu)) {
      for (const [n, char] of Array.from(run[0]).entries()) table.set(char.codePointAt(0) ?? 0, String(n % 10));
    }
  }
  for (const [first, from, count] of otherDigits) {
    for (let n = 0; n < count; n += 1) table.set(first + n, String(from + n));
  }
  return table.set(0x1f51f, '10');
}

/** Where scripts with digits of their own are; a test looks whether there are others. */
export const withDigits = [
  [0x0600, 0x1fff],
  [0xa600, 0xabff],
  [0xff00, 0xffef],
  [0x10000, 0x11fff],
  [0x16100, 0x16fff],
  [0x1d7c0, 0x1d7ff],
  [0x1e100, 0x1efff],
  [0x1fbf0, 0x1fbff],
] as const;

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

/** Old and living alphabets, mathematical letters and digits, squared and negative ones, tags; the rest are ideographs and emoji. */
const changing = [
  [0x10000, 0x11fff],
  [0x16100, 0x16fff],
  [0x1bc00, 0x1fbff],
  [0xe0000, 0xe01ef],
] as const;

const basic = 0x10000;
/** Met in nearly every text. */
const common = 0x180;

/**
 * What is known of characters. Each is worked out once, in some 5 µs, and there are 50,000 of them that need it: whatever
 * texts come, that is the most that is ever kept.
 */
class Letters {
  readonly #units = new Uint16Array(basic);
  readonly #kinds = new Uint8Array(basic);
  readonly #alike = new Uint16Array(basic);
  readonly #known = new Uint8Array(basic);
  readonly #texts = new Map<number, string>();
  readonly #beyond = new Map<number, Beyond>();

  constructor() {
    for (let point = 0; point < common; point += 1) this.#learn(point);
  }

  /** What a unit of the basic plane becomes: one unit, 0 for nothing, or `many`. */
  unit(unit: number): number {
    if (this.#known[unit] === 0) this.#learn(unit);
    return this.#units[unit] ?? 0;
  }

  kind(unit: number): number {
    if (this.#known[unit] === 0) this.#learn(unit);
    return this.#kinds[unit] ?? 0;
  }

  /** The letter that it looks like, or 0. */
  alike(unit: number): number {
    if (this.#known[unit] === 0) this.#learn(unit);
    return this.#alike[unit] ?? 0;
  }

  /** Of a unit that becomes `many`. */
  text(unit: number): string {
    return this.#texts.get(unit) ?? '';
  }

  /** Of a character beyond the basic plane; absent where it stays itself and is no letter to us. */
  beyond(point: number): Beyond | undefined {
    if (!changing.some(([first, last]) => point >= first && point <= last)) return undefined;
    const known = this.#beyond.get(point);
    if (known !== undefined) return known;
    const char = String.fromCodePoint(point);
    const text = becomes(char);
    const made = { kind: kindOf(char, point, text), ...(text === char ? {} : { text }) };
    this.#beyond.set(point, made);
    return made;
  }

  #learn(point: number): void {
    this.#known[point] = 1;
    this.#units[point] = point;
    this.#kinds[point] = point < 0xe000 ? letterKinds.letter : 0;
    if (isPlain(point)) return;
    const char = String.fromCharCode(point);
    const text = becomes(char);
    const kind = kindOf(char, point, text);
    if (text.length > 1) this.#texts.set(point, text);
    this.#units[point] = text.length > 1 ? many : text === '' ? 0 : text.charCodeAt(0);
    this.#kinds[point] = kind;
    if (text.length === 1 && kind === letterKinds.letter) this.#alike[point] = alikeOf(point, text);
  }
}

interface Beyond {
  readonly kind: number;
  /** What it becomes, where that is not itself. */
  readonly text?: string;
}

export const letters = new Letters();
