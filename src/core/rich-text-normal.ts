/** The one form of a rich text: whatever marks are given, what comes out keeps every promise of `rich-text.ts`. */
import type { BlockMark, InlineMark, Mark, RichText } from './rich-text.ts';
import { endOf, inOrder, isBlock, isInline, moved } from './rich-text-kinds.ts';
import { safeHref } from './safe-href.ts';

const DEEPEST = 100;
const LARGEST_ORDINAL = 999_999_999;
const LANGUAGE = /^[\w+#.-]{1,32}$/u;

/**
 * The text as it is, with marks that are sorted, clipped to the text, merged where they touch, and properly nested as
 * far as they are blocks. Dropped: what is empty, what begins or ends inside a surrogate pair, links that lead nowhere
 * safe. Quotes and headings don't hold their like, an item ends where the next begins, a `pre` holds no block.
 * Takes n log n of the marks' number.
 */
export function normalised(text: string, marks: readonly Mark[]): RichText {
  if (marks.length === 0) return { text, marks };
  const fitting = marks.flatMap((mark) => fitted(mark, text));
  const blocks = nested(mergedQuotes(fitting.filter(isBlock).flatMap((mark) => wholeLines(mark, text))), text);
  return { text, marks: [...blocks, ...merged(fitting.filter(isInline))].sort(inOrder) };
}

function fitted(mark: Mark, text: string): readonly Mark[] {
  const { start, length } = mark;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(length)) return [];
  const from = Math.max(0, start);
  const to = Math.min(text.length, start + length);
  if (to <= from || isInPair(text, from) || isInPair(text, to)) return [];
  const kept = checked(mark);
  return kept === undefined ? [] : [moved(kept, from, to)];
}

/** Whether `at` lies between the two units of one character. */
export function isInPair(text: string, at: number): boolean {
  return isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function checked(mark: Mark): Mark | undefined {
  switch (mark.as) {
    case 'link':
      return safeHref(mark.href) === undefined ? undefined : mark;
    case 'pre':
      return checkedPre(mark);
    case 'item':
      return checkedItem(mark);
    default:
      return mark;
  }
}

function checkedPre({ start, length, language }: Mark & { readonly as: 'pre' }): Mark {
  const named = language !== undefined && LANGUAGE.test(language) ? { language } : {};
  return { start, length, as: 'pre', ...named };
}

function checkedItem({ start, length, depth, ordinal }: Mark & { readonly as: 'item' }): Mark {
  const level = Number.isSafeInteger(depth) ? Math.min(Math.max(depth, 1), DEEPEST) : 1;
  const counts = ordinal !== undefined && Number.isSafeInteger(ordinal) && ordinal >= 0 && ordinal <= LARGEST_ORDINAL;
  return { start, length, as: 'item', depth: level, ...(counts && { ordinal }) };
}

function wholeLines(mark: BlockMark, text: string): readonly BlockMark[] {
  const start = mark.start === 0 ? 0 : text.lastIndexOf('\n', mark.start - 1) + 1;
  let last = endOf(mark);
  // A range that takes ends of lines along doesn't mean the next line.
  while (last > start && text[last - 1] === '\n') last -= 1;
  const newline = text.indexOf('\n', last);
  const end = newline === -1 ? text.length : newline;
  return end > start ? [moved(mark, start, end)] : [];
}

/** Lines under one another that are quoted are one quotation. */
function mergedQuotes(blocks: readonly BlockMark[]): readonly BlockMark[] {
  const out: BlockMark[] = blocks.filter((mark) => mark.as !== 'quote');
  let open: BlockMark | undefined;
  for (const quote of blocks.filter((mark) => mark.as === 'quote').sort(inOrder)) {
    if (open !== undefined && quote.start <= endOf(open) + 1) {
      open = moved(open, open.start, Math.max(endOf(open), endOf(quote)));
      continue;
    }
    if (open !== undefined) out.push(open);
    open = quote;
  }
  return open === undefined ? out : [...out, open];
}

/** Each block wholly inside those that are open where it begins. */
function nested(blocks: readonly BlockMark[], text: string): readonly BlockMark[] {
  const out: BlockMark[] = [];
  /** Places in `out`, the outermost first. */
  let open: number[] = [];
  for (const block of [...blocks].sort(inOrder)) {
    open = open.filter((place) => endAt(out, place) > block.start);
    if (open.some((place) => keepsOut(out[place], block))) continue;
    if (block.as === 'item') open = open.filter((place) => !cutAt(out, place, block.start, text));
    const end = Math.min(endOf(block), ...open.map((place) => endAt(out, place)));
    if (end <= block.start) continue;
    open.push(out.length);
    out.push(moved(block, block.start, end));
  }
  return out.filter((block) => block.length > 0);
}

function endAt(out: readonly BlockMark[], place: number): number {
  const block = out[place];
  return block === undefined ? 0 : endOf(block);
}

function keepsOut(outer: BlockMark | undefined, inner: BlockMark): boolean {
  if (outer === undefined) return false;
  return outer.as === 'pre' || (outer.as === inner.as && inner.as !== 'item');
}

/** Ends the item at `place` before the line that begins at `at`; whether it was one. */
function cutAt(out: BlockMark[], place: number, at: number, text: string): boolean {
  const item = out[place];
  if (item?.as !== 'item') return false;
  let end = at;
  while (end > item.start && text[end - 1] === '\n') end -= 1;
  out[place] = moved(item, item.start, end);
  return true;
}

/** Marks of one kind that touch are one; of two links over the same words the first counts. */
function merged(marks: readonly InlineMark[]): readonly InlineMark[] {
  const out: InlineMark[] = [];
  const last = new Map<InlineMark['as'], number>();
  for (const mark of [...marks].sort(inOrder)) {
    const place = last.get(mark.as);
    const before = place === undefined ? undefined : out[place];
    if (place !== undefined && before !== undefined && joins(before, mark)) {
      out[place] = moved(before, before.start, Math.max(endOf(before), endOf(mark)));
      continue;
    }
    if (before !== undefined && mark.start < endOf(before)) continue;
    last.set(mark.as, out.length);
    out.push(mark);
  }
  return out;
}

function joins(before: InlineMark, mark: InlineMark): boolean {
  if (mark.start > endOf(before)) return false;
  if (before.as === 'mention') return false;
  return before.as !== 'link' || (mark.as === 'link' && before.href === mark.href);
}
