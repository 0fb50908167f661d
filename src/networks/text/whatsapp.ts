/**
 * WhatsApp's marks (faq.whatsapp.com/539178204879377): `*bold* _italic_ ~strike~ ```mono``` `inline``, and lines that
 * begin with `> `, `- `, `* ` or `1. `. Where a sign may stand follows what WhatsApp's apps were seen to do; it has no
 * escape, so a typed sign is guarded (docs/decisions/0039). What it has no marks for is written out: "words (address)".
 */
import type { Mark, RichText } from '../../core/rich-text.ts';
import { endOf } from '../../core/rich-text-kinds.ts';
import { itemSign, linkSigns } from '../../core/rich-text-plain.ts';
import { withInserted } from '../../core/rich-text-edit.ts';
import { GUARD } from './guard.ts';
import { readSigns, type SignRules } from './inline-signs.ts';
import { RichBuilder } from './rich-builder.ts';
import { textLines, type TextLine } from './text-lines.ts';
import { writeSigns } from './write-signs.ts';

const FENCE = '```';
const DEEPEST = 10;
const WORD = /[\p{L}\p{N}\u2060]/u;
const LETTER = /[\p{L}\p{N}]/u;
const SPACE = /\s/u;
const ITEM = /^((?: {2}){0,9})(?:[-*]|(\d{1,9})\.) (?=.*\S)/u;

/** A sign opens where no word ends and closes where none begins; in an address it does neither. */
const RULES: SignRules = {
  opens: (before, after) => after !== undefined && !SPACE.test(after) && (before === undefined || !WORD.test(before)),
  closes: (before, after) =>
    before !== undefined && !SPACE.test(before) && (after === undefined || !LETTER.test(after)),
  opaque: (line) =>
    Array.from(line.matchAll(/https?:\/\/\S+/gu), ({ 0: address, index }) => {
      const own = address.replace(/[*_~`]+$/u, '');
      return [index, index + own.length] as const;
    }),
  guard: (line) => line.replaceAll(/``(?=`)/gu, `\`\`${GUARD}`),
};

/** What a WhatsApp text says. Never throws; takes as long as the text is. */
export function fromWhatsApp(text: string): RichText {
  const builder = new RichBuilder();
  let done = 0;
  for (let at = text.indexOf(FENCE); at !== -1; at = text.indexOf(FENCE, done)) {
    const close = text.indexOf(FENCE, at + FENCE.length);
    if (close === -1) break;
    if (text.slice(at + FENCE.length, close).trim() === '') {
      readLines(builder, text.slice(done, close + FENCE.length));
    } else {
      readLines(builder, text.slice(done, at));
      readFenced(builder, text, { at, close });
    }
    done = close + FENCE.length;
  }
  readLines(builder, text.slice(done));
  return builder.build();
}

/** A block where the fences stand at the ends of lines, words in a line else. */
function readFenced(builder: RichBuilder, text: string, { at, close }: { at: number; close: number }): void {
  const after = close + FENCE.length;
  const isBlock = (at === 0 || text[at - 1] === '\n') && (after === text.length || text[after] === '\n');
  const inside = text.slice(at + FENCE.length, close);
  const words = isBlock ? inside.replace(/^\n/u, '').replace(/\n$/u, '') : inside;
  builder.mark({ as: isBlock ? 'pre' : 'code', start: builder.length, length: words.length });
  builder.add(words);
}

function readLines(builder: RichBuilder, text: string): void {
  const startsLine = builder.atLineStart;
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) builder.add('\n');
    if (index > 0 || startsLine) readLine(builder, line);
    else builder.addRich(readSigns(line, RULES));
  }
}

function readLine(builder: RichBuilder, line: string): void {
  const isQuoted = isQuote(line);
  const words = isQuoted ? line.slice(2) : line;
  const start = builder.length;
  const item = ITEM.exec(words);
  builder.addRich(readSigns(item === null ? words : words.slice(item[0].length), RULES));
  const length = builder.length - start;
  if (isQuoted) builder.mark({ as: 'quote', start, length });
  if (item === null) return;
  const [, indent = '', number] = item;
  const ordinal = number === undefined ? {} : { ordinal: Number(number) };
  builder.mark({ as: 'item', start, length, depth: 1 + indent.length / 2, ...ordinal });
}

function isQuote(line: string): boolean {
  return line.startsWith('> ') && line.trim() !== '>';
}

/** `rich` as WhatsApp shows it. What is read back is the same text, and no mark that wasn't there. */
export function toWhatsApp(rich: RichText): string {
  const written = withInserted(rich, linkSigns(rich));
  const blocks = written.marks.filter((mark) => mark.as === 'quote' || mark.as === 'item');
  const marks = written.marks.filter((mark) => mark.as !== 'pre' || isFenceable(mark, written.text, blocks));
  const lines = textLines({ text: written.text, marks });
  return lines.map((line, index) => writeLine(line, lines[index - 1])).join('\n');
}

/** Fences hold what holds none, and stand in no other block. */
function isFenceable(pre: Mark, text: string, blocks: readonly Mark[]): boolean {
  const inside = text.slice(pre.start, endOf(pre));
  const bare = inside.trim() !== '' && !/^[\n`]|[\n`]$/u.test(inside) && !inside.includes(FENCE);
  return bare && !blocks.some((block) => block.start <= pre.start && endOf(block) >= endOf(pre));
}

function writeLine(line: TextLine, before: TextLine | undefined): string {
  if (line.pre !== undefined) {
    const open = before?.pre?.start === line.pre.start ? '' : FENCE;
    return `${open}${line.rich.text}${line.endsPre ? FENCE : ''}`;
  }
  const words = writeSigns(line.rich, RULES);
  return words.trim() === '' ? words : `${line.isQuoted ? '> ' : ''}${startOf(line, words)}${words}`;
}

/** An item's sign, or what keeps typed words from being one. */
function startOf({ item, isQuoted }: TextLine, words: string): string {
  if (item !== undefined) return '  '.repeat(Math.min(item.depth, DEEPEST) - 1) + itemSign(item);
  return ITEM.test(words) || (!isQuoted && isQuote(words)) ? GUARD : '';
}
