/** Rich text as `formatted_body`: every word escaped, tags by the marks alone, all of them among those the spec allows. */
import 'htmlparser2';
import type { IOptions } from 'sanitize-html';
import { escapeHtml } from '../../core/escape-html.ts';
import { MarkSweep } from '../../core/mark-sweep.ts';
import type { BlockMark, InlineMark, RichText } from '../../core/rich-text.ts';
import { endOf, isBlock, isInline } from '../../core/rich-text-kinds.ts';
import { ListTags } from './list-tags.ts';

// It requires the parser, an ES module, which a loader may refuse while that one is being loaded: so the parser is first.
const { default: sanitize } = await import('sanitize-html');

/** What the builder writes, and nothing else, comes through the second gate. */
const GATE: IOptions = {
  allowedTags: [
    ...['strong', 'em', 'u', 'del', 'code', 'span', 'a', 'br', 'blockquote', 'pre'],
    ...['ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
  ],
  allowedAttributes: { a: ['href'], ol: ['start'], code: ['class'], span: ['data-mx-spoiler'] },
  allowedClasses: { code: [/^language-[\w+#.-]{1,32}$/u] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  parseStyleAttributes: false,
  nestingLimit: 100,
};

/** `rich` in normal form. */
export function writeHtml(rich: RichText): string {
  return sanitize(new Writing(rich).all(), GATE);
}

class Writing {
  readonly #text: string;
  readonly #blocks: readonly BlockMark[];
  readonly #inline: MarkSweep<InlineMark>;

  constructor({ text, marks }: RichText) {
    this.#text = text;
    this.#blocks = marks.filter(isBlock);
    this.#inline = new MarkSweep(marks.filter(isInline));
  }

  all(): string {
    return this.#range(0, this.#text.length, this.#blocks);
  }

  /** Words and the blocks among them; `blocks` are those that lie in the range, in their order. */
  #range(start: number, end: number, blocks: readonly BlockMark[]): string {
    const out: string[] = [];
    const lists = new ListTags();
    let at = start;
    for (const { block, inside } of outermost(blocks)) {
      if (block.as !== 'item' || block.start > at) out.push(lists.end());
      if (block.start > at) out.push(this.#above(at, block.start - 1));
      const words = this.#block(block, inside);
      out.push(block.as === 'item' ? lists.item(block, words) : words);
      at = endOf(block) + 1;
    }
    return [...out, lists.end(), at <= end ? this.#words(at, end) : ''].join('');
  }

  /** Words above a block: an empty line at their end is one only when it is ended. */
  #above(start: number, end: number): string {
    const isOpen = start === end || this.#text[end - 1] === '\n';
    return this.#words(start, end) + (isOpen ? '<br>' : '');
  }

  #block(block: BlockMark, inside: readonly BlockMark[]): string {
    const [start, end] = [block.start, endOf(block)];
    switch (block.as) {
      case 'quote':
        return `<blockquote>${this.#range(start, end, inside)}</blockquote>`;
      case 'heading':
        return `<h${block.level}>${this.#range(start, end, inside)}</h${block.level}>`;
      case 'item':
        return this.#range(start, end, inside);
      case 'pre': {
        const language = block.language === undefined ? '' : ` class="language-${escapeHtml(block.language)}"`;
        return `<pre><code${language}>${escapeHtml(this.#text.slice(start, end))}</code></pre>`;
      }
    }
  }

  /** Each change of what is marked, from the front to the end: what is no longer open is closed inside out. */
  #words(start: number, end: number): string {
    const marks = this.#inline.covering(start, end);
    const turns = new Set([start, end]);
    for (const mark of marks) {
      turns.add(Math.max(start, mark.start));
      turns.add(Math.min(end, endOf(mark)));
    }
    const places = [...turns].sort((a, b) => a - b);
    const sweep = new MarkSweep(marks);
    const out: string[] = [];
    let open: readonly InlineMark[] = [];
    for (const [index, place] of places.entries()) {
      const next = places[index + 1] ?? place;
      const wanted = next === place ? [] : sweep.covering(place, next);
      const kept = stillOpen(open, wanted);
      for (const mark of open.slice(kept).reverse()) out.push(closing(mark));
      for (const mark of wanted.slice(kept)) out.push(opening(mark));
      open = wanted;
      out.push(escapeHtml(this.#text.slice(place, next)).replaceAll('\n', '<br>'));
    }
    return out.join('');
  }
}

/** The blocks that lie in no other, each with those in it. */
function outermost(blocks: readonly BlockMark[]): readonly { block: BlockMark; inside: readonly BlockMark[] }[] {
  const out: { readonly block: BlockMark; readonly inside: BlockMark[] }[] = [];
  for (const block of blocks) {
    const outer = out.at(-1);
    if (outer !== undefined && block.start < endOf(outer.block)) outer.inside.push(block);
    else out.push({ block, inside: [] });
  }
  return out;
}

/** How many of the outer marks go on. */
function stillOpen(open: readonly InlineMark[], wanted: readonly InlineMark[]): number {
  const changed = open.findIndex((mark, index) => wanted[index] !== mark);
  return changed === -1 ? open.length : changed;
}

const TAGS = { bold: 'strong', italic: 'em', underline: 'u', strike: 'del', code: 'code' } as const;

function opening(mark: InlineMark): string {
  if (mark.as === 'link') return `<a href="${escapeHtml(mark.href)}">`;
  // No pill: it would ping.
  if (mark.as === 'mention') return '';
  return mark.as === 'spoiler' ? '<span data-mx-spoiler="">' : `<${TAGS[mark.as]}>`;
}

function closing(mark: InlineMark): string {
  if (mark.as === 'link') return '</a>';
  if (mark.as === 'mention') return '';
  return mark.as === 'spoiler' ? '</span>' : `</${TAGS[mark.as]}>`;
}
