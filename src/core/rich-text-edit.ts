/** Rich text with something put in, or a part of it: the marks stay on the words they stood on. */
import type { Mark, RichText } from './rich-text.ts';
import { endOf, isBlock, moved } from './rich-text-kinds.ts';
import { isInPair, normalised } from './rich-text-normal.ts';

export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * `rich` with all insertions made, each at its place in the text as it was; those of one place in the order given.
 * A block that begins or ends there holds what is put in, any other mark that begins or ends there doesn't.
 */
export function withInserted(rich: RichText, insertions: readonly Insertion[]): RichText {
  if (insertions.length === 0) return rich;
  const sorted = [...insertions].sort((a, b) => a.at - b.at);
  const parts: string[] = [];
  let done = 0;
  for (const { at, text } of sorted) {
    parts.push(rich.text.slice(done, at), text);
    done = at;
  }
  parts.push(rich.text.slice(done));
  const shifts = new Shifts(sorted);
  return { text: parts.join(''), marks: rich.marks.map((mark) => shifts.move(mark)) };
}

/** How far places move: a binary search for each. */
class Shifts {
  readonly #at: readonly number[];
  /** Units put in before the insertion of the same index. */
  readonly #before: readonly number[];

  constructor(sorted: readonly Insertion[]) {
    this.#at = sorted.map(({ at }) => at);
    const before = [0];
    for (const { text } of sorted) before.push((before.at(-1) ?? 0) + text.length);
    this.#before = before;
  }

  move(mark: Mark): Mark {
    const block = isBlock(mark);
    const start = mark.start + (block ? this.#until(mark.start) : this.#upTo(mark.start));
    const end = endOf(mark) + (block ? this.#upTo(endOf(mark)) : this.#until(endOf(mark)));
    return moved(mark, start, end);
  }

  /** Put in at `at` or before it. */
  #upTo(at: number): number {
    return this.#before[this.#count((place) => place <= at)] ?? 0;
  }

  /** Put in before `at`. */
  #until(at: number): number {
    return this.#before[this.#count((place) => place < at)] ?? 0;
  }

  #count(isBefore: (place: number) => boolean): number {
    let low = 0;
    let high = this.#at.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#at[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The words from `start` to before `end`, with what is marked in them. */
export function sliceRich(rich: RichText, start: number, end: number): RichText {
  const text = rich.text.slice(start, end);
  const marks = rich.marks
    .filter((mark) => mark.start < end && endOf(mark) > start)
    .map((mark) => moved(mark, Math.max(mark.start, start) - start, Math.min(endOf(mark), end) - start));
  return normalised(text, marks);
}

/** Without white space at both ends. */
export function trimRich(rich: RichText): RichText {
  const kept = rich.text.trim();
  if (kept.length === rich.text.length) return rich;
  const start = rich.text.indexOf(kept);
  return sliceRich(rich, start, start + kept.length);
}

/**
 * `rich` in parts of at most `most` each, measured by `sizeOf` (code units unless told). Cut at the end of a paragraph,
 * a line or a word where one lies in the second half of a part, else between two characters; the white space at a cut
 * is left out. A character larger than `most` is a part of its own.
 */
export function splitRich(
  rich: RichText,
  most: number,
  sizeOf: (text: string) => number = (text) => text.length,
): readonly RichText[] {
  if (sizeOf(rich.text) <= most) return [rich];
  const parts: RichText[] = [];
  let start = 0;
  while (start < rich.text.length) {
    const full = fullEnd(rich.text, start, most, sizeOf);
    const end = full === rich.text.length ? full : cut(rich.text, start, full);
    const part = sliceRich(rich, start, end);
    if (part.text.trim() !== '') parts.push(part);
    start = end;
    while (start < rich.text.length && /\s/u.test(rich.text.charAt(start))) start += 1;
  }
  return parts.length === 0 ? [rich] : parts;
}

function fullEnd(text: string, start: number, most: number, sizeOf: (text: string) => number): number {
  let end = start;
  let used = 0;
  while (end < text.length) {
    const next = isInPair(text, end + 1) ? end + 2 : end + 1;
    used += sizeOf(text.slice(end, next));
    if (used > most && end > start) break;
    end = next;
  }
  return end;
}

function cut(text: string, start: number, full: number): number {
  const least = start + Math.ceil((full - start) / 2);
  for (const mark of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(mark, full);
    if (at >= least && at > start) return at;
  }
  return full;
}
