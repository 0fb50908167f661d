/** One page of a search, in the words of `!c search` and `!c more`. */
import { answered, refused, type Answer } from '../answer.ts';
import { escapeHtml, oneLine } from '../quote.ts';
import type { DeskContext } from './desk-context.ts';
import { recordLine } from './record-line.ts';
import { grouped } from './shown-time.ts';
import { soughtWords } from './snippet.ts';

export const HITS_A_PAGE = 5;

export interface PageAsked {
  readonly query: string;
  readonly cursor?: unknown;
  /** Hits on the pages before. */
  readonly shown: number;
}

export async function searchPage(asked: PageAsked, context: DeskContext): Promise<Answer> {
  const { tools, desk, message, pages } = context;
  const { query, cursor, shown } = asked;
  const page = await tools.search({ query, cursor, timezone: desk.timezone, limit: HITS_A_PAGE });
  if (!page.ok)
    return refused('usage', `${oneLine(page.error)}\nExample: !c search invoice from:@bob after:2026-01-01`);
  const { hits, total, complete } = page.value;
  const data = { total, complete, shown: shown + hits.length };
  if (hits.length === 0) {
    return answered(shown === 0 ? 'Nothing found.' : 'No more.', { code: shown === 0 ? 'not-found' : 'ok', data });
  }
  const words = soughtWords(query);
  const lines = await Promise.all(hits.map((hit) => recordLine(hit, context, words)));
  const next = page.value.cursor;
  const upTo = shown + hits.length;
  const found = `${complete ? '' : 'at least '}${grouped(total)} found`;
  const span = total > hits.length ? ` (${shown + 1}–${upTo})` : '';
  const head = `${found}, newest first${span}${next === undefined ? '' : ' · !c more'}`;
  return answered([head, ...lines.map((line) => line.text)].join('\n'), {
    html: [escapeHtml(head), ...lines.map((line) => line.html)].join('<br>'),
    data: { ...data, positions: hits.map((hit) => hit.position) },
    positions: hits.map((hit) => hit.position),
    sent: () => {
      pages.keep(message.room, message.sender, next === undefined ? undefined : { query, cursor: next, shown: upTo });
    },
  });
}
