/** Which marks are of which kind, and in what order they stand. */
import type { BlockMark, InlineMark, Mark } from './rich-text.ts';

const BLOCKS: ReadonlySet<Mark['as']> = new Set(['pre', 'quote', 'heading', 'item']);

export function isBlock(mark: Mark): mark is BlockMark {
  return BLOCKS.has(mark.as);
}

export function isInline(mark: Mark): mark is InlineMark {
  return !isBlock(mark);
}

/** The first unit after it. */
export function endOf(mark: Pick<Mark, 'start' | 'length'>): number {
  return mark.start + mark.length;
}

/** From the outside to the inside, where several cover the same words. */
const ORDER: readonly Mark['as'][] = [
  'quote',
  'item',
  'heading',
  'pre',
  'link',
  'mention',
  'spoiler',
  'bold',
  'italic',
  'underline',
  'strike',
  'code',
];

/** By start, longer ones first, the outer first: for `sort`. */
export function inOrder(a: Mark, b: Mark): number {
  return a.start - b.start || b.length - a.length || ORDER.indexOf(a.as) - ORDER.indexOf(b.as);
}

/** The same mark elsewhere. */
export function moved<T extends Mark>(mark: T, start: number, end: number): T {
  return { ...mark, start, length: end - start };
}
