/**
 * XEP-0393 Message Styling 1.1.1: `*strong* _emphasis_ ~strike~ `pre``, blocks between lines of three backticks, lines
 * quoted by `>`. What it has no marks for is written out: "- " for items, "words (address)" for links.
 */
import { spelledOut } from '../../core/rich-text-plain.ts';
import type { Mark, RichText } from '../../core/rich-text.ts';
import { endOf } from '../../core/rich-text-kinds.ts';
import { GUARD } from './guard.ts';
import { isSigned, readSigns, type SignRules } from './inline-signs.ts';
import { RichBuilder } from './rich-builder.ts';
import { textLines, type TextLine } from './text-lines.ts';
import { writeSigns } from './write-signs.ts';

const FENCE = '```';
const SPACE = /\s/u;
const LANGUAGE = /^[\w+#.-]{1,32}$/u;

/** Section 6.2: opens at the start of a block, after white space or another opening sign; closes after no white space. */
const RULES: SignRules = {
  opens: (before, after) => after !== undefined && !SPACE.test(after) && (before === undefined || SPACE.test(before)),
  closes: (before) => before !== undefined && !SPACE.test(before),
  opaque: () => [],
};

export interface Styled {
  readonly body: string;
  /** Send `<unstyled xmlns='urn:xmpp:styling:0'/>` with it: nothing in it is markup. */
  readonly unstyled: boolean;
}

/** What a body says; with `unstyled` nothing but its words. Never throws; takes as long as the body is. */
export function fromStyled(body: string, unstyled = false): RichText {
  if (unstyled) return { text: body, marks: [] };
  const builder = new RichBuilder();
  readBlock(builder, body.split('\n'), false);
  return builder.build();
}

/** One level of quotation is markup; a `>` in a quotation stays as it was typed. */
function readBlock(builder: RichBuilder, lines: readonly string[], isQuoted: boolean): void {
  for (let at = 0; at < lines.length;) {
    if (at > 0) builder.add('\n');
    const line = lines[at] ?? '';
    const next = blockEnd(lines, at, isQuoted);
    if (next === undefined) {
      builder.addRich(readSigns(line, RULES));
      at += 1;
      continue;
    }
    const block = lines.slice(at, next);
    if (line.startsWith(FENCE)) readFenced(builder, block);
    else readQuote(builder, block);
    at = next;
  }
}

/** The line after the block that begins at `at`; undefined for a plain line. */
function blockEnd(lines: readonly string[], at: number, isQuoted: boolean): number | undefined {
  const line = lines[at] ?? '';
  if (line.startsWith(FENCE)) {
    const close = lines.indexOf(FENCE, at + 1);
    const end = close === -1 ? lines.length : close + 1;
    return lines.slice(at + 1, close === -1 ? end : close).some((inside) => inside !== '') ? end : undefined;
  }
  if (isQuoted || !line.startsWith('>')) return undefined;
  let end = at + 1;
  while (lines[end]?.startsWith('>') === true) end += 1;
  return end;
}

/** The first line may name the language; other words there are words. */
function readFenced(builder: RichBuilder, block: readonly string[]): void {
  const tag = (block[0] ?? '').slice(FENCE.length).trim();
  const closed = block.length > 1 && block.at(-1) === FENCE;
  const language = LANGUAGE.test(tag) ? { language: tag } : {};
  const lines = block.slice(1, closed ? -1 : undefined);
  const words = (tag === '' || 'language' in language ? lines : [tag, ...lines]).join('\n');
  builder.mark({ as: 'pre', start: builder.length, length: words.length, ...language });
  builder.add(words);
}

function readQuote(builder: RichBuilder, block: readonly string[]): void {
  const start = builder.length;
  const lines = block.map((line) => line.replace(/^> ?/u, ''));
  readBlock(builder, lines, true);
  builder.mark({ as: 'quote', start, length: builder.length - start });
}

/** `rich` as a body. What is read back is the same text, and no mark that wasn't there. */
export function toStyled(rich: RichText): Styled {
  const spelled = spelledOut(rich, ['link', 'item']);
  if (!spelled.marks.some(isWritten)) return { body: spelled.text, unstyled: isStyled(spelled.text) };
  const marks = spelled.marks.filter((mark) => mark.as !== 'pre' || isFenceable(mark, spelled.text));
  const lines = textLines({ text: spelled.text, marks });
  return { body: lines.map((line, index) => writeLine(line, lines[index - 1])).join('\n'), unstyled: false };
}

function isWritten(mark: Mark): boolean {
  return isSigned(mark) || mark.as === 'pre' || mark.as === 'quote' || mark.as === 'heading';
}

/** It would be read as more than its words. */
function isStyled(text: string): boolean {
  const read = fromStyled(text);
  return read.text !== text || read.marks.length > 0;
}

function isFenceable(pre: Mark, text: string): boolean {
  const lines = text.slice(pre.start, endOf(pre)).split('\n');
  return lines.some((line) => line !== '') && !lines.includes(FENCE);
}

function writeLine(line: TextLine, before: TextLine | undefined): string {
  const quote = line.isQuoted ? '> ' : '';
  if (line.pre !== undefined)
    return writeFenced(line, line.pre, { quote, opens: before?.pre?.start !== line.pre.start });
  const words = writeSigns(line.rich, RULES);
  const isMarkup = words.startsWith(FENCE) || (!line.isQuoted && words.startsWith('>'));
  return `${quote}${isMarkup ? GUARD : ''}${words}`;
}

function writeFenced(
  { rich, endsPre }: TextLine,
  { language = '' }: Mark & { readonly as: 'pre' },
  { quote, opens }: { readonly quote: string; readonly opens: boolean },
): string {
  const open = opens ? `${quote}${FENCE}${language}\n` : '';
  return `${open}${quote}${rich.text}${endsPre ? `\n${quote}${FENCE}` : ''}`;
}
