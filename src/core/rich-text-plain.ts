/** Rich text with plain signs in place of marks: what is read where there is no formatting. */
import type { BlockMark, Mark, RichText } from './rich-text.ts';
import { withInserted, type Insertion } from './rich-text-edit.ts';
import { endOf } from './rich-text-kinds.ts';

/** "- " or "1. " before an item, "> " before each quoted line, "words (address)" for links. */
export function toPlain(rich: RichText): string {
  if (rich.marks.length === 0) return rich.text;
  return withInserted(rich, [...linkSigns(rich), ...lineSigns(rich, ['quote', 'item'])]).text;
}

/** The text with the signs of these kinds written into it, and without their marks: for networks that lack them. */
export function spelledOut(rich: RichText, kinds: readonly ('link' | 'quote' | 'item')[]): RichText {
  const lines = kinds.flatMap((kind) => (kind === 'link' ? [] : [kind]));
  const links = kinds.includes('link') ? linkSigns(rich) : [];
  const written = withInserted(rich, [...links, ...lineSigns(rich, lines)]);
  const without: ReadonlySet<Mark['as']> = new Set(kinds);
  return { text: written.text, marks: written.marks.filter((mark) => !without.has(mark.as)) };
}

/** ` (address)` after each link whose words aren't its address; `spells` picks which links. */
export function linkSigns(rich: RichText, spells: (href: string) => boolean = () => true): readonly Insertion[] {
  return rich.marks.flatMap((mark) => {
    if (mark.as !== 'link' || !spells(mark.href)) return [];
    const said = rich.text.slice(mark.start, endOf(mark));
    return saysItself(said, mark.href) ? [] : [{ at: endOf(mark), text: ` (${shownHref(mark.href)})` }];
  });
}

/** A mail address and a number are known without their scheme. */
function shownHref(href: string): string {
  return href.replace(/^(?:mailto|tel):/iu, '');
}

function saysItself(said: string, href: string): boolean {
  const bare = (text: string): string =>
    text
      .trim()
      .replace(/^(?:https?:\/\/|mailto:|tel:)/iu, '')
      .replace(/\/$/u, '');
  return bare(said) === bare(href);
}

/** What stands before lines, from the outer block to the inner. */
function lineSigns(rich: RichText, kinds: readonly BlockMark['as'][]): readonly Insertion[] {
  const wanted: ReadonlySet<Mark['as']> = new Set(kinds);
  return rich.marks.flatMap((mark) => {
    if (!wanted.has(mark.as)) return [];
    if (mark.as === 'quote') return lineStarts(rich.text, mark).map((at) => ({ at, text: '> ' }));
    return mark.as === 'item' ? itemSigns(rich.text, mark) : [];
  });
}

/** An item's further lines stand under its words. */
function itemSigns(text: string, mark: BlockMark & { readonly as: 'item' }): readonly Insertion[] {
  const indent = '  '.repeat(mark.depth - 1);
  const sign = itemSign(mark);
  return lineStarts(text, mark).map((at, index) => ({
    at,
    text: `${indent}${index === 0 ? sign : ' '.repeat(sign.length)}`,
  }));
}

export function itemSign(mark: { readonly ordinal?: number }): string {
  return mark.ordinal === undefined ? '- ' : `${mark.ordinal}. `;
}

/** Where the lines of a block begin. */
export function lineStarts(text: string, mark: Pick<Mark, 'start' | 'length'>): readonly number[] {
  const starts = [mark.start];
  for (let at = text.indexOf('\n', mark.start); at !== -1 && at < endOf(mark); at = text.indexOf('\n', at + 1)) {
    if (at + 1 < endOf(mark)) starts.push(at + 1);
  }
  return starts;
}
