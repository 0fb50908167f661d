/**
 * The search index: tokens of each entry under its position, never a word. On SQLite a plain contentless FTS5 table
 * with `secure-delete`, whose entries go by the 'delete' command with the same tokens (a `contentless_delete` table
 * keeps a deleted token in its segment); on PostgreSQL a tsvector of the same tokens, without places.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import { must, parsePosition, type Position } from '../../core/ids.ts';
import type { Params, Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import type { CandidatePage } from './candidate-page.ts';
import { tokenText } from './entry-tokens.ts';
import type { Narrow } from './narrow.ts';
import { ftsMatch, tsQuery } from './index-query.ts';
import { Tokens } from './tokens.ts';

export interface SearchIndex {
  /** Statements that make its tables, in order; safe to repeat. */
  schema(): readonly string[];
  add(entry: Entry, writing: Writing): Promise<void>;
  /** Takes out what `add` put in; before the entry's key goes, because its tokens come from the opened entry. */
  remove(entry: Entry, writing: Writing): Promise<void>;
  /** Empties it, for a rebuild. */
  clear(writing: Writing): Promise<void>;
  /** Whether `entry` is found under all of its tokens: what a check of the index asks. */
  holds(entry: Entry, reading: Reading): Promise<boolean>;
  /** Positions that may match, newest first. */
  candidates(narrow: Narrow, page: CandidatePage, reading: Reading): Promise<readonly Position[]>;
  /** How many records may match at all. */
  count(narrow: Narrow, reading: Reading): Promise<number>;
  readonly tokens: Tokens;
}

const SCHEMA: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: [
    "create virtual table if not exists search_index using fts5(tokens, content='', columnsize=0, tokenize='ascii')",
    "insert into search_index(search_index, rank) values('secure-delete', 1)",
  ],
  postgres: [
    'create table if not exists search_index (position bigint primary key, tokens tsvector not null)',
    'create index if not exists search_index_tokens on search_index using gin (tokens) with (fastupdate = off)',
  ],
};

const insert = statement<{ position: number; tokens: string }>((db, p, dialect) => ({
  compile: () =>
    (dialect === 'sqlite'
      ? sql`insert into search_index(rowid, tokens) values (${p('position')}, ${p('tokens')})`
      : sql`insert into search_index(position, tokens) values (${p('position')}, array_to_tsvector(string_to_array(${p('tokens')}, ' ')))`
    ).compile(db),
}));

const removal = statement<{ position: number; tokens: string }>((db, p, dialect) => ({
  compile: () =>
    (dialect === 'sqlite'
      ? sql`insert into search_index(search_index, rowid, tokens) values ('delete', ${p('position')}, ${p('tokens')})`
      : sql`delete from search_index where position = ${p('position')} and tokens = array_to_tsvector(string_to_array(${p('tokens')}, ' '))`
    ).compile(db),
}));

const emptying = statement<Params>((db, _p, dialect) => ({
  compile: () =>
    (dialect === 'sqlite'
      ? sql`insert into search_index(search_index) values ('delete-all')`
      : sql`delete from search_index`
    ).compile(db),
}));

const positionRow = z.object({ position: z.number() });
const matching = statement<{ match: string; below: number; limit: number }, { position: number }>(
  (db, p, dialect) => ({
    compile: () =>
      (dialect === 'sqlite'
        ? sql`select rowid as position from search_index where search_index match ${p('match')} and rowid < ${p('below')} order by rowid desc limit ${p('limit')}`
        : sql`select position from search_index where tokens @@ cast(${p('match')} as tsquery) and position < ${p('below')} order by position desc limit ${p('limit')}`
      ).compile(db),
  }),
  (row) => positionRow.parse(row),
);

const countRow = z.object({ n: z.number() });
const counting = statement<{ match: string }, { n: number }>(
  (db, p, dialect) => ({
    compile: () =>
      (dialect === 'sqlite'
        ? sql`select count(*) as n from search_index where search_index match ${p('match')}`
        : sql`select count(*) as n from search_index where tokens @@ cast(${p('match')} as tsquery)`
      ).compile(db),
  }),
  (row) => countRow.parse(row),
);

/** @param tokenKey 32 bytes, used for nothing else. */
export function createSearchIndex(dialect: Dialect, tokenKey: Uint8Array): SearchIndex {
  const tokens = new Tokens(tokenKey);
  const row = (entry: Entry) => ({
    position: entry.position,
    tokens: tokenText(entry, tokens),
  });
  const expression = (narrow: Narrow): string | undefined =>
    dialect === 'sqlite' ? ftsMatch(narrow, tokens) : tsQuery(narrow, tokens);
  const candidates = async (narrow: Narrow, page: CandidatePage, reading: Reading): Promise<readonly Position[]> => {
    const match = expression(narrow);
    if (match === undefined) return [];
    const rows = await reading.all(matching, { match, below: page.below, limit: page.limit });
    return rows.map((found) => must(parsePosition(found.position)));
  };
  return {
    tokens,
    schema: () => SCHEMA[dialect],
    add: async (entry, writing) => {
      await writing.run(insert, row(entry));
    },
    remove: async (entry, writing) => {
      await writing.run(removal, row(entry));
    },
    clear: async (writing) => {
      await writing.run(emptying, {});
    },
    holds: async (entry, reading) => {
      const of = [...new Set(tokenText(entry, tokens).split(' '))].map((token) => ({ is: 'token', token }) as const);
      const [found] = await candidates({ is: 'and', of }, { below: entry.position + 1, limit: 1 }, reading);
      return found === entry.position;
    },
    candidates,
    count: async (narrow, reading) => {
      const match = expression(narrow);
      return match === undefined ? 0 : ((await reading.get(counting, { match }))?.n ?? 0);
    },
  };
}
