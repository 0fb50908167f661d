/** A rich text line by line, each with what holds of it: for networks whose markup is lines. */
import type { Mark, RichText } from '../../core/rich-text.ts';
import { endOf, isBlock, isInline, moved } from '../../core/rich-text-kinds.ts';
import { MarkSweep } from '../../core/mark-sweep.ts';

export interface TextLine {
  /** Its words with its inline marks; a heading's are bold. */
  readonly rich: RichText;
  readonly isQuoted: boolean;
  /** It is the first line of this item. */
  readonly item?: Mark & { readonly as: 'item' };
  /** It is a line of this block. */
  readonly pre?: Mark & { readonly as: 'pre' };
  /** No further line of the block that `pre` names follows. */
  readonly endsPre: boolean;
}

/** In order. One pass over lines and marks. */
export function textLines(rich: RichText): readonly TextLine[] {
  const blocks = new MarkSweep(rich.marks.filter(isBlock));
  const inline = new MarkSweep(rich.marks.filter(isInline));
  const lines: TextLine[] = [];
  let start = 0;
  for (const text of rich.text.split('\n')) {
    const from = start;
    const end = from + text.length;
    const words = inline
      .covering(from, end)
      .map((mark) => moved(mark, Math.max(mark.start, from) - from, Math.min(endOf(mark), end) - from));
    lines.push(lineOf({ text, marks: words }, blocks.covering(from, end), from));
    start = end + 1;
  }
  return lines;
}

function lineOf(rich: RichText, over: readonly Mark[], start: number): TextLine {
  const { text } = rich;
  const end = start + text.length;
  const pre = over.find((mark) => mark.as === 'pre');
  const item = over.find((mark) => mark.as === 'item' && mark.start === start);
  const heading = text !== '' && over.some((mark) => mark.as === 'heading');
  const bold: Mark = { as: 'bold', start: 0, length: text.length };
  const marks = heading ? [bold, ...rich.marks.filter((mark) => mark.as !== 'bold')] : rich.marks;
  return {
    rich: { text, marks },
    isQuoted: over.some((mark) => mark.as === 'quote'),
    ...(item?.as === 'item' && { item }),
    ...(pre?.as === 'pre' && { pre }),
    endsPre: pre !== undefined && endOf(pre) <= end,
  };
}
