/**
 * The numbers in a text, however they are written: through separators and line ends, spelled out, with letters that look
 * like digits. One pass over the folded text, in which the digits of every script are 0 to 9 already.
 */
import type { DigitRun, Normalised, Span } from '../normalised.ts';
import { isSpokenSeparator, mayBegin, numberAt } from './spoken-digits.ts';

/** Between two digits: anything that is no letter, but not more of it. */
const mostBetween = 3;
const fewest = 2;
/** A longer run is told in windows that overlap by half: no number that anything looks for is longer than the overlap. */
const window = 64;
const lookAlike: Readonly<Record<string, string>> = { o: '0', i: '1', l: '1', '|': '1', s: '5', b: '8', z: '2' };
const onlyAlike = /^[0-9oilsbz|]+$/;
/** Single letters that are digits between digits: "4 o 1", "4 l l 1". */
const loneAlike = /^[oil]{1,4}$/;

const character = { other: 0, letter: 1, digit: 2, bar: 4 } as const;

type Digit = Span & {
  readonly digit: string;
  /** `firm`: a look-alike in one word with a digit. */
  readonly how: 'digit' | 'said' | 'alike' | 'firm';
};
/** A number so long has its look-alikes at its ends as well: nobody counts litres with that many digits. */
const longNumber = 13;

export function digitRuns(text: Normalised): readonly DigitRun[] {
  const reader = new DigitReader(text);
  return reader.read();
}

class DigitReader {
  readonly #text: Normalised;
  readonly #runs: DigitRun[] = [];
  #digits: Digit[] = [];
  /** Where the run may go on from: the end of its last digit, or of a separator that was said. */
  #from = 0;

  constructor(text: Normalised) {
    this.#text = text;
  }

  read(): readonly DigitRun[] {
    const { folded } = this.#text;
    for (let at = 0; at < folded.length;) {
      const first = folded.charCodeAt(at);
      if (characterOf(first) === character.other) {
        if (first > 0x7f && this.#digits.length > 0 && isLetter(folded, at)) this.#finish();
        at += 1;
        continue;
      }
      let end = at;
      let kinds = 0;
      for (let kind = characterOf(first); kind !== character.other; kind = characterOf(folded.charCodeAt(end))) {
        kinds |= kind;
        end += 1;
      }
      at = this.#chunk(at, end, kinds);
    }
    this.#finish();
    return this.#runs;
  }

  /** Takes one run of letters, digits and bars; says where to go on. */
  #chunk(at: number, end: number, kinds: number): number {
    if (this.#digits.length === 0 && kinds === character.letter && !mayBegin(this.#text.folded, at, end)) return end;
    if (kinds === character.bar) return end;
    if (at - this.#from > mostBetween) this.#finish();
    const word = this.#text.folded.slice(at, end);
    if (kinds === character.letter) return this.#letters(word, at);
    if (kinds === character.digit || onlyAlike.test(word)) this.#figures(word, at, kinds);
    else this.#mixed(word, at);
    return end;
  }

  #figures(word: string, at: number, kinds: number): void {
    if (kinds === character.digit) {
      for (let i = 0; i < word.length; i += 1)
        this.#digits.push({ digit: word.charAt(i), start: at + i, end: at + i + 1, how: 'digit' });
      this.#from = at + word.length;
      return;
    }
    const bars = word.includes('|') && partsAreNumbers(word);
    const alike = /[0-9]/.test(word) ? 'firm' : 'alike';
    for (let i = 0; i < word.length; i += 1) {
      if (!(bars && word[i] === '|')) this.#character(word.charAt(i), at + i, alike);
    }
  }

  #mixed(word: string, at: number): void {
    for (let from = 0, to = 0; from < word.length; from = to) {
      const kind = characterOf(word.charCodeAt(from));
      do to += 1;
      while (characterOf(word.charCodeAt(to)) === kind);
      if (kind === character.digit) this.#figures(word.slice(from, to), at + from, kind);
      else if (kind === character.letter) this.#letters(word.slice(from, to), at + from);
    }
  }

  #character(character: string, at: number, ifAlike: 'alike' | 'firm'): void {
    const alike = lookAlike[character];
    const digit = alike ?? character;
    this.#add({ digit, start: at, end: at + 1, how: alike === undefined ? 'digit' : ifAlike });
  }

  #add(digit: Digit): void {
    this.#digits.push(digit);
    this.#from = digit.end;
  }

  /** A number that is said, a separator that is said, letters that look like digits; anything else ends the run. */
  #letters(word: string, at: number): number {
    const number = numberAt(this.#text.folded, at);
    if (number !== undefined) {
      for (const digit of number.digits) this.#add({ digit, start: at, end: number.end, how: 'said' });
      return number.end;
    }
    const end = at + word.length;
    if (this.#digits.length > 0 && isSpokenSeparator(word)) this.#from = end;
    else if (this.#digits.length > 0 && loneAlike.test(word)) {
      for (let i = 0; i < word.length; i += 1) this.#character(word.charAt(i), at + i, 'alike');
    } else this.#finish();
    return end;
  }

  /** Letters count as digits only between digits, or in a word of a long number that has digits as well. */
  #finish(): void {
    const digits = this.#digits;
    if (digits.length > 0) {
      const isLong = digits.length >= longNumber;
      const isLoose = (one: Digit | undefined): boolean => one?.how === 'alike' || (one?.how === 'firm' && !isLong);
      let first = 0;
      let last = digits.length;
      while (first < last && isLoose(digits[first])) first += 1;
      while (last > first && isLoose(digits[last - 1])) last -= 1;
      this.#tell(digits.slice(first, last));
      this.#digits = [];
    }
  }

  #tell(places: readonly Digit[]): void {
    if (places.length < fewest) return;
    let digits = '';
    for (const { digit } of places) digits += digit;
    for (let from = 0; ; from += window / 2) {
      const to = Math.min(from + window, places.length);
      this.#runs.push(runOf(digits.slice(from, to), places.slice(from, to), this.#text));
      if (to === places.length) return;
    }
  }
}

const characters = Uint8Array.from({ length: 128 }, (_, unit) => {
  if (unit >= 0x61 && unit <= 0x7a) return character.letter;
  if (unit >= 0x30 && unit <= 0x39) return character.digit;
  return unit === 0x7c ? character.bar : character.other;
});

/** Of what is beyond the end of a text as well: nothing of all this. */
function characterOf(unit: number): number {
  return unit < 128 ? (characters[unit] ?? 0) : character.other;
}

function isLetter(text: string, at: number): boolean {
  return /[\p{L}\p{M}]/u.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

/** Bars are look-alikes among digits, and separators between figures: `4111|1111`, or where every other character is one. */
function partsAreNumbers(word: string): boolean {
  const parts = word.split('|');
  if (parts.every(({ length }) => length >= 2) && parts.some(({ length }) => length >= 3)) return true;
  return count(word, /\|/g) * 2 > count(word, /[0-9]/g);
}

function count(word: string, what: RegExp): number {
  return word.match(what)?.length ?? 0;
}

function runOf(digits: string, places: readonly Digit[], text: Normalised): DigitRun {
  return {
    digits,
    places,
    start: places[0]?.start ?? 0,
    end: places.at(-1)?.end ?? 0,
    written: howWritten(places, text),
  };
}

function howWritten(digits: readonly Digit[], text: Normalised): DigitRun['written'] {
  let gaps = 0;
  let end = digits[0]?.start;
  let disguised = false;
  for (const digit of digits) {
    if (digit.how === 'said') return 'spelled';
    disguised ||= digit.how !== 'digit' || isDisguised(digit, text);
    if (digit.start !== end) gaps += 1;
    ({ end } = digit);
  }
  if (disguised) return 'disguised';
  if (gaps === 0) return 'plain';
  return gaps * 2 > digits.length - 1 ? 'spaced' : 'grouped';
}

/** It wasn't an ASCII digit, or something that can't be seen stood right behind it. */
function isDisguised({ start, end }: Digit, { at, folded, original }: Normalised): boolean {
  if (at === undefined) return false;
  const from = at[start] ?? 0;
  if (original.charCodeAt(from) !== folded.charCodeAt(start)) return true;
  return (at[end] ?? from + 1) - from > 1;
}
