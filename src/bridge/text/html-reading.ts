/**
 * `formatted_body` as rich text: the tags that the spec allows (client-server API 1.16, `m.room.message` msgtypes), as far
 * as there are marks for them. All words stay, but those of `<mx-reply>` and of what no client shows; whom a mention of a
 * contact's means is marked, any other mention becomes the plain name that it shows.
 */
import { Parser } from 'htmlparser2';
import { readGhost } from '../../core/address.ts';
import type { Mark, RichText } from '../../core/rich-text.ts';
import { trimRich } from '../../core/rich-text-edit.ts';
import { normalised } from '../../core/rich-text-normal.ts';
import { safeHref } from '../../core/safe-href.ts';
import { HtmlText } from './html-text.ts';

/** An event has 64 KiB. */
const LONGEST = 65_536;
/** The spec's cap: tags deeper than that mean nothing. */
const DEEPEST = 100;

const SILENT = new Set('mx-reply script style head title template noscript textarea iframe object svg math'.split(' '));
const LINES = new Set(
  'address article blockquote caption dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section summary table tbody thead tr ul'.split(
    ' ',
  ),
);

const INLINE: Readonly<Record<string, 'bold' | 'italic' | 'underline' | 'strike' | 'code'>> = {
  ...{ b: 'bold', strong: 'bold', i: 'italic', em: 'italic', u: 'underline', ins: 'underline' },
  ...{ s: 'strike', del: 'strike', strike: 'strike', code: 'code', tt: 'code', kbd: 'code' },
};

type Attributes = Readonly<Record<string, string>>;

/** Never throws; takes as long as the HTML is. */
export function readHtml(html: string): RichText {
  const reading = new Reading();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        reading.open(name, attributes);
      },
      ontext: (text) => {
        reading.say(text);
      },
      onclosetag: (name) => {
        reading.close(name);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(html.slice(0, LONGEST));
  return reading.end();
}

interface Element {
  readonly name: string;
  readonly start: number;
  readonly attributes: Attributes;
  /** Of a numbered list: its next number. */
  next?: number;
  /** Of an item: its number. */
  readonly ordinal?: number;
}

class Reading {
  readonly #text = new HtmlText();
  readonly #marks: Mark[] = [];
  readonly #open: Element[] = [];
  #deeper = 0;
  #silent = 0;
  #pre = 0;
  #preBegins = false;
  #language = '';

  open(name: string, attributes: Attributes): void {
    if (SILENT.has(name)) this.#silent += 1;
    if (this.#open.length >= DEEPEST) {
      this.#deeper += 1;
      return;
    }
    this.#begin(name, attributes);
    const ordinal = name === 'li' ? this.#number() : undefined;
    const counts = name === 'ol' ? { next: listStart(attributes['start']) } : {};
    const start = this.#text.length;
    this.#open.push({ name, start, attributes, ...counts, ...(ordinal !== undefined && { ordinal }) });
  }

  say(text: string): void {
    if (this.#silent > 0) return;
    if (this.#pre === 0) this.#text.add(text);
    else this.#text.addAsIs(this.#preBegins ? text.replace(/^\r?\n/u, '') : text);
    this.#preBegins = false;
  }

  close(name: string): void {
    if (SILENT.has(name)) this.#silent = Math.max(0, this.#silent - 1);
    if (this.#deeper > 0) {
      this.#deeper -= 1;
      return;
    }
    const element = this.#open.at(-1);
    if (element?.name !== name) return;
    this.#open.pop();
    if (name === 'pre') this.#pre -= 1;
    this.#mark(element);
    if (LINES.has(name)) this.#text.breakLine(this.#gapOf(name));
  }

  end(): RichText {
    return trimRich(normalised(this.#text.text, this.#marks));
  }

  #begin(name: string, attributes: Attributes): void {
    if (LINES.has(name)) this.#text.breakLine(this.#gapOf(name));
    if (name === 'br') this.#text.endLine();
    if (name === 'pre') this.#enterPre();
    const words = wordsOf(name, attributes);
    const isFirst = this.#text.atLineStart && CELLS.has(name);
    if (words !== '' && !isFirst) this.say(words);
  }

  /** Its first line end belongs to the tag (HTML, 13.2.6.4.7). */
  #enterPre(): void {
    this.#pre += 1;
    this.#preBegins = true;
    this.#language = '';
  }

  /** An empty line stands between paragraphs, not between items. */
  #gapOf(name: string): number {
    return name === 'p' && !this.#open.some((element) => element.name === 'li') ? 2 : 1;
  }

  #number(): number | undefined {
    const list = this.#open.findLast(({ name }) => name === 'ol' || name === 'ul');
    if (list?.next === undefined) return undefined;
    list.next += 1;
    return list.next - 1;
  }

  #mark(element: Element): void {
    const made = this.#markOf(element);
    if (made === undefined) return;
    const { start, length } = this.#text.wordsFrom(element.start);
    if (length > 0) this.#marks.push({ ...made, start, length });
  }

  #markOf({ name, attributes, ordinal, start }: Element): Mark | undefined {
    const at = { start, length: 0 };
    const inline = Object.hasOwn(INLINE, name) ? INLINE[name] : undefined;
    if (inline !== undefined) return this.#inline(inline, at, attributes);
    if (name === 'li') {
      const depth = this.#open.filter((outer) => outer.name === 'ul' || outer.name === 'ol').length;
      return { ...at, as: 'item', depth: Math.max(1, depth), ...(ordinal !== undefined && { ordinal }) };
    }
    if (name === 'a') return linkOf(attributes['href'], at);
    if (name === 'span') return 'data-mx-spoiler' in attributes ? { ...at, as: 'spoiler' } : undefined;
    return blockOf(name, at, this.#language);
  }

  /** The `<code>` of a block of code says its language, and marks nothing; in such a block no tag does. */
  #inline(
    as: 'bold' | 'italic' | 'underline' | 'strike' | 'code',
    at: { readonly start: number; readonly length: number },
    attributes: Attributes,
  ): Mark | undefined {
    if (this.#pre === 0) return { ...at, as };
    if (as === 'code') this.#language = /(?:^|\s)language-([\w+#.-]{1,32})/u.exec(attributes['class'] ?? '')?.[1] ?? '';
    return undefined;
  }
}

const CELLS = new Set(['td', 'th']);

/** What a tag says before the words in it. */
function wordsOf(name: string, { alt, title, 'data-mx-spoiler': reason }: Attributes): string {
  if (CELLS.has(name)) return ' | ';
  if (name === 'hr') return '---';
  if (name === 'img') return alt ?? title ?? '';
  return name === 'span' && reason !== undefined && reason !== '' ? `(${reason}) ` : '';
}

function listStart(written: string | undefined): number {
  return written !== undefined && /^\d{1,9}$/u.test(written) ? Number(written) : 1;
}

/** A link to a colleague or a room means nothing outside; one to a contact calls somebody. */
function linkOf(href: string | undefined, at: { readonly start: number; readonly length: number }): Mark | undefined {
  const safe = safeHref(href?.trim());
  if (safe === undefined) return undefined;
  const { hostname, hash } = new URL(safe);
  if (hostname !== 'matrix.to') return { ...at, as: 'link', href: safe };
  const ghost = readGhost(permalinked(hash));
  return ghost === undefined ? undefined : { ...at, as: 'mention', address: ghost.address };
}

/** Whom `#/@user:host?via=host` names (client-server API, appendix "matrix.to navigation"). */
function permalinked(hash: string): string {
  const [, written = ''] = /^#\/([^/?]+)(?:\?|$)/u.exec(hash) ?? [];
  try {
    return decodeURIComponent(written);
  } catch {
    return '';
  }
}

const LEVELS = { h1: 1, h2: 2, h3: 3, h4: 4, h5: 5, h6: 6 } as const;

function blockOf(
  name: string,
  at: { readonly start: number; readonly length: number },
  language: string,
): Mark | undefined {
  switch (name) {
    case 'blockquote':
      return { ...at, as: 'quote' };
    case 'pre':
      return { ...at, as: 'pre', ...(language !== '' && { language }) };
    case 'h1':
    case 'h2':
    case 'h3':
    case 'h4':
    case 'h5':
    case 'h6':
      return { ...at, as: 'heading', level: LEVELS[name] };
    default:
      return undefined;
  }
}
