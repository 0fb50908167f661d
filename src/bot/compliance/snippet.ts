/** The words around what a search found, on one line, with what was found in bold. */
import { fold } from '../../journal/search/fold.ts';
import { cut, escapeHtml, oneLine } from '../quote.ts';

const SHOWN = 80;
const BEFORE = 24;
const OPERATOR = /^(?:(?:OR|AND|NOT|NEAR(?:\/\d+)?)$|[a-z]+:)/u;

export interface Snippet {
  readonly text: string;
  readonly html: string;
}

/** The words and phrases of a query that a text may hold: not fields, not operators, not what is excluded. */
export function soughtWords(query: string): readonly string[] {
  const parts = query.replace(/[\u201c-\u201f]/gu, '"').matchAll(/([-\u2010-\u2015]*)(?:"([^"]*)"|([^\s()"]+))/gu);
  const found: string[] = [];
  for (const [, sign, phrase, word] of parts) {
    const sought = (phrase ?? word ?? '').replace(/\*$/u, '');
    if (sign === '' && sought !== '' && !OPERATOR.test(sought)) found.push(sought);
  }
  return found.slice(0, 20);
}

/** About 80 characters of `text` around the first of `words` in it. */
export function snippet(text: string, words: readonly string[]): Snippet {
  const line = oneLine(text);
  const hit = firstHit(line, words);
  const from = hit === undefined || hit.start <= BEFORE ? 0 : wordStart(line, hit.start - BEFORE);
  const shown = `${from > 0 ? '… ' : ''}${cut(line.slice(from), SHOWN)}`;
  if (hit === undefined) return { text: shown, html: escapeHtml(shown) };
  const at = hit.start - from + (from > 0 ? 2 : 0);
  const end = Math.min(at + hit.length, shown.length);
  const html = `${escapeHtml(shown.slice(0, at))}<b>${escapeHtml(shown.slice(at, end))}</b>${escapeHtml(shown.slice(end))}`;
  return { text: shown, html };
}

function wordStart(line: string, near: number): number {
  const space = line.indexOf(' ', near);
  return space === -1 || space > near + BEFORE ? near : space + 1;
}

/** Compares folded: where folding changes lengths, the bold part may be off by as much, never the text. */
function firstHit(line: string, words: readonly string[]): { start: number; length: number } | undefined {
  const folded = fold(line);
  if (folded.length !== line.length) return undefined;
  const hits = words
    .map((word) => fold(oneLine(word)))
    .filter((word) => word !== '')
    .map((word) => ({ start: wordAt(folded, word), length: word.length }))
    .filter(({ start }) => start >= 0)
    .sort((a, b) => a.start - b.start);
  return hits[0];
}

/** Where `word` stands at the beginning of a word. */
function wordAt(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) || !/[\p{L}\p{N}]/u.test(word.charAt(0))) return at;
  }
  return -1;
}
