/** One page of a search, in the words of `!c search` and `!c more`. */
import { escapeHtml } from '../../core/escape-html.ts';
import type { RoomId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { parseQuery } from '../../journal/search/query/parser.ts';
import { describeQueryError, type QueryContext, type QueryError } from '../../journal/search/query/query.ts';
import type { SearchCursor, SearchPage } from '../../journal/search/search.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { oneLine } from '../quote.ts';
import type { DeskContext } from './desk-context.ts';
import { hitLine } from './record-line.ts';
import { grouped } from './shown-time.ts';
import { soughtWords } from './snippet.ts';

const HITS_A_PAGE = 5;

export interface PageAsked {
  readonly query: string;
  readonly cursor?: SearchCursor;
  /** Hits on the pages before. */
  readonly shown: number;
}

export async function searchPage(asked: PageAsked, context: DeskContext): Promise<Answer> {
  const { tools, desk, clock } = context;
  const { query, cursor } = asked;
  const country = tools.country === undefined ? {} : { country: tools.country };
  const meaning: QueryContext = { timezone: desk.timezone, now: clock.now(), ...country };
  const parsed = parseQuery(query, meaning);
  if (!parsed.ok) return misread(query, parsed.error);
  const options = { ...meaning, limit: HITS_A_PAGE, ...(cursor === undefined ? {} : { cursor }) };
  const page = await tools.search(outsideDesk(query, context.message.room), options);
  if (!page.ok) return misread(query, page.error);
  return pageAnswer(page.value, asked, { context, words: soughtWords(query, meaning) });
}

function misread(query: string, error: QueryError): Answer {
  return refused('usage', `${oneLine(describeQueryError(query, error))}\nExample: !c search invoice after:2026-01-01`);
}

/** Leaves the desk's own room out unless it is asked for: every search would find itself. */
function outsideDesk(query: string, room: RoomId): string {
  return query.includes(room) ? query : `(${query}) -in:"${room}"`;
}

interface Showing {
  readonly context: DeskContext;
  readonly words: readonly string[];
}

async function pageAnswer(page: SearchPage, asked: PageAsked, showing: Showing): Promise<Answer> {
  const { context, words } = showing;
  const lines = await Promise.all(page.hits.map((hit) => hitLine(hit, context, words)));
  const head = headOf(page, asked.shown);
  const unknown = await Promise.all(page.unknown.map((part) => unknownWords(part, context)));
  const upTo = asked.shown + page.hits.length;
  const positions = page.hits.map((hit) => hit.position);
  return answered([head, ...lines.map((line) => line.text), ...unknown].join('\n'), {
    code: upTo === 0 && page.complete ? 'not-found' : 'ok',
    html: [escapeHtml(head), ...lines.map((line) => line.html), ...unknown.map(escapeHtml)].join('<br>'),
    data: { total: page.total, complete: page.complete, shown: upTo, positions },
    positions,
    sent: () => {
      const next = page.cursor === undefined ? undefined : { query: asked.query, cursor: page.cursor, shown: upTo };
      context.pages.keep(context.message.room, context.message.sender, next);
    },
  });
}

const MOST_RULES = 10;

/** Of a rule which ones there are, the one that was most likely meant first. */
async function unknownWords(part: string, { tools }: DeskContext): Promise<string> {
  const [, rule] = /^rule:(.*)$/su.exec(part) ?? [];
  if (rule === undefined || tools.rules === undefined) return `Nobody and nothing here is called ${oneLine(part)}.`;
  const names = (await tools.rules.onRecord()).set.rules.map(({ id }) => id);
  const meant = nearest(rule, names);
  const others = names.filter((name) => name !== meant);
  const shown = [...(meant === undefined ? [] : [meant]), ...others].slice(0, MOST_RULES);
  const more = names.length > shown.length ? ` and ${String(names.length - shown.length)} more (!c rule list)` : '';
  const there = names.length === 0 ? 'No rule is in force.' : `There is ${shown.join(', ')}${more}.`;
  return `There never was a rule ${oneLine(rule)}. ${meant === undefined ? '' : `Did you mean rule:${meant}? `}${there}`;
}

/** `14 found, newest first (1–5) · !c more`; a walk that was cut says so. */
function headOf(page: SearchPage, before: number): string {
  const { hits, total, complete, cursor } = page;
  const more = cursor === undefined ? '' : ' · !c more';
  if (hits.length === 0) {
    if (!complete)
      return `Nothing among the records looked through so far${cursor === undefined ? '' : ' · !c more looks further back'}`;
    return before === 0 ? 'Nothing found.' : 'No more.';
  }
  const found = `${complete ? '' : 'at least '}${grouped(total)} found`;
  const span = before > 0 || total > hits.length ? ` (${before + 1}–${before + hits.length})` : '';
  return `${found}, newest first${span}${more}`;
}
