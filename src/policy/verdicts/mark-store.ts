/**
 * Projection `policy-marks`: what was said of which record, so that a search finds it and health counts it. Ids and names
 * of rules alone. Kept by itself: nothing waits for it at the gate.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { parsePosition, type Millis, type Position } from '../../core/ids.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import { TAKEN_AWAY, type Marks } from '../../journal/search/marks.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { changesOf } from '../rules/rule-store.ts';
import { marksIn, type Marked } from './marks.ts';
import { TAKEN_TABLE, takenBy, takenSchema } from './taken-store.ts';

const position = z.custom<Position>((value) => parsePosition(value).ok);
const ofRow = z.object({ of_position: position });
const markRow = z.object({ mark: z.string() });
const countRow = z.object({ n: z.number() });
/** A verdict names at most 200 rules; a record has few verdicts. */
const MOST_MARKS = 1_000;

const insertMark = statement<{ mark: string; of: number; at: number }>((db, p) =>
  db
    .insertInto('policy_mark')
    .values({ mark: p('mark'), of_position: p('of'), at: p('at') })
    .onConflict((conflict) => conflict.columns(['mark', 'of_position']).doNothing()),
);
const selectMarked = statement<{ mark: string; below: number; limit: number }, z.infer<typeof ofRow>>(
  (db, p) =>
    db
      .selectFrom('policy_mark')
      .select('of_position')
      .where('mark', '=', p('mark'))
      .where('of_position', '<', p('below'))
      .orderBy('of_position', 'desc')
      .limit(sql<number>`${p('limit')}`),
  (row) => ofRow.parse(row),
);
const selectMarks = statement<{ of: number }, z.infer<typeof markRow>>(
  (db, p) =>
    db.selectFrom('policy_mark').select('mark').where('of_position', '=', p('of')).orderBy('mark').limit(MOST_MARKS),
  (row) => markRow.parse(row),
);
const countSince = statement<{ mark: string; since: number }, z.infer<typeof countRow>>(
  (db, p) =>
    db
      .selectFrom('policy_mark')
      .select((of) => of.fn.countAll<number>().as('n'))
      .where('mark', '=', p('mark'))
      .where('at', '>=', p('since')),
  (row) => countRow.parse(row),
);

/** What is said of this record. */
export async function marksOf(reading: Reading, of: Position): Promise<ReadonlySet<string>> {
  return new Set((await reading.all(selectMarks, { of })).map(({ mark }) => mark));
}

/** Records that got this mark at `since` or later. */
export async function countMarked(reading: Reading, mark: Marked['marks'][number], since: Millis): Promise<number> {
  return (await reading.get(countSince, { mark, since }))?.n ?? 0;
}

const below = Number.MAX_SAFE_INTEGER;

/** For the search. */
export const policyMarks: Marks = {
  marked: async (mark, { below, limit }, reading) =>
    (await reading.all(selectMarked, { mark, below, limit })).map((row) => row.of_position),
  of: async (positions, reading) => {
    const found = new Map<Position, ReadonlySet<string>>();
    for (const of of positions) {
      const marks = await marksOf(reading, of);
      if (marks.size > 0) found.set(of, marks);
    }
    return found;
  },
  knows: async (mark, reading) => {
    const [, rule] = /^rule:(.*)$/u.exec(mark) ?? [];
    if (rule === undefined || (await reading.get(selectMarked, { mark, below, limit: 1 })) !== undefined) return true;
    return (await changesOf(reading, { what: 'rule', id: rule, limit: 1 })).length > 0;
  },
};

export const marksProjection: Projection = {
  name: 'policy-marks',
  tables: ['policy_mark', TAKEN_TABLE],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists policy_mark (mark ${t.text} not null, of_position ${t.int} not null, at ${t.int} not null, primary key (mark, of_position))${t.strict}`,
      'create index if not exists policy_mark_of on policy_mark (of_position)',
      'create index if not exists policy_mark_at on policy_mark (mark, at)',
      takenSchema(dialect),
    ];
  },
  apply: async (entry, writing) => {
    for (const { of, marks } of marksIn(entry)) {
      for (const mark of marks) await writing.run(insertMark, { mark, of, at: entry.recordedAt });
    }
    const taken = await takenBy(entry, writing);
    if (taken !== undefined) await writing.run(insertMark, { mark: TAKEN_AWAY, of: taken, at: entry.recordedAt });
  },
  forget: forgetRecord(['policy_mark', 'of_position'], [TAKEN_TABLE, 'shown']),
  goesWithItsMessage: true,
};
