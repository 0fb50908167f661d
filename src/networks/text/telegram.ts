/**
 * Telegram's entities (core.telegram.org/bots/api#messageentity): offsets in UTF-16 units. Sent as `entities`, never by
 * `parse_mode`, so nothing that was typed becomes markup.
 */
import { z } from 'zod';
import { withInserted } from '../../core/rich-text-edit.ts';
import { endOf, inOrder, isBlock, moved } from '../../core/rich-text-kinds.ts';
import { normalised } from '../../core/rich-text-normal.ts';
import { linkSigns, spelledOut } from '../../core/rich-text-plain.ts';
import type { Mark, RichText } from '../../core/rich-text.ts';

/** An entity as it comes; kinds and fields that we don't know are no error. */
export const telegramEntity = z.object({
  type: z.string(),
  offset: z.int(),
  length: z.int(),
  url: z.string().optional(),
  language: z.string().optional(),
});
export type TelegramEntity = z.infer<typeof telegramEntity>;

/** An entity as it is sent. */
export interface SentEntity {
  readonly type: SentType;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
}
type SentType =
  'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code' | 'pre' | 'text_link' | 'blockquote';

export interface TelegramText {
  readonly text: string;
  readonly entities: readonly SentEntity[];
}

/** More are ignored by Telegram ("Message entities", limits of a message). */
const MOST_ENTITIES = 100;

const SIMPLE: Readonly<Record<string, 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler' | 'code' | 'quote'>> = {
  bold: 'bold',
  italic: 'italic',
  underline: 'underline',
  strikethrough: 'strike',
  spoiler: 'spoiler',
  code: 'code',
  blockquote: 'quote',
  expandable_blockquote: 'quote',
};

/** What a text or a caption with its entities says. Never throws: what can't be is left out. */
export function fromTelegram(text: string, entities: readonly TelegramEntity[] = []): RichText {
  return normalised(
    text,
    entities.flatMap((entity) => markOf(entity, text)),
  );
}

function markOf(entity: TelegramEntity, text: string): readonly Mark[] {
  const { type, offset: start, length, url, language } = entity;
  if (type === 'text_link') return url === undefined ? [] : [{ as: 'link', start, length, href: url }];
  if (type === 'pre') {
    // In the midst of a line it is no block.
    if (!isWholeLines(text, start, start + length)) return [{ as: 'code', start, length }];
    return [{ as: 'pre', start, length, ...(language !== undefined && language !== '' && { language }) }];
  }
  const as = Object.hasOwn(SIMPLE, type) ? SIMPLE[type] : undefined;
  return as === undefined ? [] : [{ as, start, length }];
}

function isWholeLines(text: string, start: number, end: number): boolean {
  const before = start <= 0 || text[start - 1] === '\n';
  return before && (end >= text.length || text[end] === '\n' || text[end - 1] === '\n');
}

/**
 * `rich` as Telegram takes it, by its rules of nesting: entities that share words lie one in the other, `pre` and
 * `code` hold none, links and quotations don't hold their like. Items are written out, and links of mail and phones.
 */
export function toTelegram(rich: RichText): TelegramText {
  const links = linkSigns(rich, (href) => !isWeb(href));
  const { text, marks } = spelledOut(withInserted(rich, links), ['item']);
  const entities = inEachOther(monoApart(marks.flatMap(sent))).map((mark) => entityOf(mark));
  return { text, entities: entities.slice(0, MOST_ENTITIES) };
}

/** A link's words can't be code, and what is in code or `pre` can't be anything else. */
function monoApart(marks: readonly Sent[]): readonly Sent[] {
  const links = marks.filter((mark) => mark.as === 'link');
  const pres = marks.filter((mark) => mark.as === 'pre');
  const codes = marks.filter(
    (mark) => mark.as === 'code' && ![...links, ...pres].some((other) => overlap(other, mark)),
  );
  const mono = [...codes, ...pres];
  const others = marks.filter((mark) => mark.as !== 'pre' && mark.as !== 'code');
  return [...mono, ...others.flatMap((mark) => (isBlock(mark) ? [mark] : without(mark, mono)))];
}

/** What of it lies in none of these. */
function without(mark: Sent, others: readonly Sent[]): readonly Sent[] {
  const parts: Sent[] = [];
  let start = mark.start;
  for (const other of [...others].filter((one) => overlap(one, mark)).sort(inOrder)) {
    if (other.start > start) parts.push(moved(mark, start, other.start));
    start = Math.max(start, endOf(other));
  }
  return start < endOf(mark) ? [...parts, moved(mark, start, endOf(mark))] : parts;
}

function isWeb(href: string): boolean {
  return /^https?:/iu.test(href);
}

type Sent = Exclude<Mark, { readonly as: 'mention' }>;

/** A heading is bold; other links than the web's are written out; who is called is named. */
function sent(mark: Mark): readonly Sent[] {
  if (mark.as === 'heading') return [{ as: 'bold', start: mark.start, length: mark.length }];
  if (mark.as === 'mention') return [];
  return mark.as === 'item' || (mark.as === 'link' && !isWeb(mark.href)) ? [] : [mark];
}

function overlap(a: Mark, b: Mark): boolean {
  return a.start < endOf(b) && b.start < endOf(a);
}

/** What reaches over the end of the mark it began in goes on behind it as a mark of its own. */
function inEachOther(marks: readonly Sent[]): readonly Sent[] {
  const out: Sent[] = [];
  const waiting = [...marks].sort(inOrder).reverse();
  let open: readonly Sent[] = [];
  for (let mark = waiting.pop(); mark !== undefined; mark = waiting.pop()) {
    const begin = mark.start;
    open = open.filter((outer) => endOf(outer) > begin);
    const end = Math.min(endOf(mark), ...open.map(endOf));
    const twice = open.some((outer) => outer.as === mark.as);
    if (!twice) {
      const part = moved(mark, begin, end);
      out.push(part);
      open = [...open, part];
    }
    if (end < endOf(mark)) put(waiting, moved(mark, end, endOf(mark)));
  }
  return out;
}

/** Into what is sorted the other way round. */
function put(waiting: Sent[], mark: Sent): void {
  let at = waiting.length;
  while (at > 0) {
    const before = waiting[at - 1];
    if (before === undefined || inOrder(before, mark) > 0) break;
    at -= 1;
  }
  waiting.splice(at, 0, mark);
}

function entityOf(mark: Sent): SentEntity {
  const at = { offset: mark.start, length: mark.length };
  switch (mark.as) {
    case 'link':
      return { type: 'text_link', ...at, url: mark.href };
    case 'pre':
      return { type: 'pre', ...at, ...(mark.language !== undefined && { language: mark.language }) };
    case 'quote':
      return { type: 'blockquote', ...at };
    case 'strike':
      return { type: 'strikethrough', ...at };
    case 'item':
    case 'heading':
      return { type: 'bold', ...at };
    default:
      return { type: mark.as, ...at };
  }
}
