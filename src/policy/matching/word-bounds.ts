/** Where words begin and end: at letters and digits of any script (`\p{L}`, `\p{N}`), where RE2's `\b` knows ASCII alone. */
import { firstIndex } from './first-index.ts';

const letterOrDigit = /[\p{L}\p{N}]/u;
const ASCII = 128;

const asciiWord = Uint8Array.from({ length: ASCII }, (_, unit) =>
  letterOrDigit.test(String.fromCharCode(unit)) ? 1 : 0,
);

/** Does a letter or digit begin at `at`? False before the text and after it. */
export function isWordAt(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const unit = text.charCodeAt(at);
  return unit < ASCII ? asciiWord[unit] === 1 : letterOrDigit.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

/** Does a letter or digit end just before `at`? */
export function isWordBefore(text: string, at: number): boolean {
  if (at <= 0 || at > text.length) return false;
  const unit = text.charCodeAt(at - 1);
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  return isWordAt(text, isLow && at >= 2 && isHigh(text.charCodeAt(at - 2)) ? at - 2 : at - 1);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** No word runs across `at`. */
export function isOpen(text: string, at: number): boolean {
  return !(isWordBefore(text, at) && isWordAt(text, at));
}

/** The end of the word that runs across `at`; `at` itself where none does. */
export function endOfWord(text: string, at: number): number {
  let end = at;
  if (!isWordBefore(text, end)) return end;
  while (isWordAt(text, end)) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return end;
}

/** Offsets at which words begin, in order. A hyphen or an apostrophe within a word doesn't end it. */
export function wordStarts(text: string): Uint32Array {
  const starts: number[] = [];
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    if (isWordAt(text, at)) {
      if (!inside) starts.push(at);
      inside = true;
      if ((text.codePointAt(at) ?? 0) > 0xffff) at += 1;
    } else if (!(inside && joins(text.charCodeAt(at)) && isWordAt(text, at + 1))) {
      inside = false;
    }
  }
  return Uint32Array.from(starts);
}

function joins(unit: number): boolean {
  return unit === 0x27 || unit === 0x2d;
}

/** How many of the sorted `starts` lie in [from, to). */
export function countIn(starts: Uint32Array, from: number, to: number): number {
  return Math.max(0, firstFrom(starts, to) - firstFrom(starts, from));
}

function firstFrom(starts: Uint32Array, least: number): number {
  return firstIndex(starts.length, (index) => (starts[index] ?? 0) >= least);
}
