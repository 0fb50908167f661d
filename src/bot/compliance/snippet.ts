/** The words around what a search found, on one line, with what was found in bold. */
import { escapeHtml } from '../../core/escape-html.ts';
import { fold } from '../../journal/search/fold.ts';
import { parseQuery } from '../../journal/search/query/parser.ts';
import type { Phrase, Query, QueryContext } from '../../journal/search/query/query.ts';
import { cut, oneLine } from '../quote.ts';

const SHOWN = 80;
const BEFORE = 24;
const MOST_WORDS = 20;
const chars = new Intl.Segmenter('en', { granularity: 'grapheme' });

export interface Snippet {
  readonly text: string;
  readonly html: string;
}

/** The words that a text found by `query` may hold, folded: not fields, not what is excluded. */
export function soughtWords(query: string, context: QueryContext): readonly string[] {
  const parsed = parseQuery(query, context);
  if (!parsed.ok) return [];
  const words = phrasesOf(parsed.value).flatMap((phrase) => phrase.map((unit) => unit.text));
  return [...new Set(words)].slice(0, MOST_WORDS);
}

function phrasesOf(query: Query): readonly Phrase[] {
  switch (query.is) {
    case 'phrase':
      return [query.phrase];
    case 'near':
      return [query.first, ...query.then.map((next) => next.phrase)];
    case 'and':
    case 'or':
      return query.of.flatMap(phrasesOf);
    default:
      return [];
  }
}

/** About 80 characters of `text` around the first of `words` (folded) in it. */
export function snippet(text: string, words: readonly string[]): Snippet {
  const line = oneLine(text.normalize('NFC'));
  const hit = firstHit(line, words);
  const from = hit === undefined || hit.start <= BEFORE ? 0 : wordStart(line, hit.start - BEFORE);
  const shown = `${from > 0 ? '… ' : ''}${cut(line.slice(from), SHOWN)}`;
  if (hit === undefined) return { text: shown, html: escapeHtml(shown) };
  const shift = from > 0 ? 2 - from : 0;
  const [start, end] = [hit.start + shift, Math.min(hit.end + shift, shown.length)];
  const bold = `<b>${escapeHtml(shown.slice(start, end))}</b>`;
  return { text: shown, html: `${escapeHtml(shown.slice(0, start))}${bold}${escapeHtml(shown.slice(end))}` };
}

/** The next beginning of a word, or `near` itself where words are long or not written apart. */
function wordStart(line: string, near: number): number {
  const space = line.indexOf(' ', near);
  if (space !== -1 && space < near + BEFORE) return space + 1;
  const inPair = /[\udc00-\udfff]/u.test(line.charAt(near));
  return inPair ? near + 1 : near;
}

interface Hit {
  readonly start: number;
  readonly end: number;
}

function firstHit(line: string, words: readonly string[]): Hit | undefined {
  const { folded, origin } = foldedWithOrigin(line);
  const hits = words.flatMap((word) => {
    const at = wordAt(folded, word);
    if (at < 0) return [];
    return { start: origin[at] ?? 0, end: origin[at + word.length] ?? line.length };
  });
  return hits.sort((a, b) => a.start - b.start)[0];
}

/** The folded line and, for each of its characters, where it stands in the line: folding changes lengths. */
function foldedWithOrigin(line: string): { readonly folded: string; readonly origin: readonly number[] } {
  const origin: number[] = [];
  let folded = '';
  for (const { segment: char, index: at } of chars.segment(line)) {
    const piece = fold(char);
    origin.push(...Array.from({ length: piece.length }, () => at));
    folded += piece;
  }
  return { folded, origin };
}

const LETTER = /[\p{L}\p{N}]/u;

/** Where `word` stands at the beginning of a word, or anywhere in a script that is written without spaces. */
function wordAt(text: string, word: string): number {
  if (word === '') return -1;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !LETTER.test(text.charAt(at - 1)) || text.charCodeAt(at) > 0x2e80) return at;
  }
  return -1;
}
