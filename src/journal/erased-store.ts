/** Which records are erased: made from `retention.erased`, as spans of positions. */
import { z } from 'zod';
import type { Position } from '../core/ids.ts';
import type { Span } from '../core/retention-entries.ts';
import type { Reading } from '../storage/database.ts';
import { statement } from '../storage/statement.ts';
import { types } from '../storage/types.ts';
import * as id from './entries/ids.ts';
import type { Projection } from './projection.ts';

export const ERASED = 'erased';

const spanRow = z.object({ first: id.position, last: id.position, by: id.position });

/** A span and the `retention.erased` that names it. */
export type ErasedSpan = Readonly<{ span: Span; by: Position }>;

const insertSpan = statement<{ first: number; last: number; by: number }>((db, p) =>
  db
    .insertInto('retention_erased')
    .values({ first: p('first'), last: p('last'), erased_by: p('by') })
    .onConflict((oc) => oc.column('first').doNothing()),
);
const allSpans = statement<Record<string, never>, z.infer<typeof spanRow>>(
  (db) => db.selectFrom('retention_erased').select(['first', 'last', 'erased_by as by']).orderBy('first'),
  (row) => spanRow.parse(row),
);
const spanUpTo = statement<{ position: number }, z.infer<typeof spanRow>>(
  (db, p) =>
    db
      .selectFrom('retention_erased')
      .select(['first', 'last', 'erased_by as by'])
      .where('first', '<=', p('position'))
      .orderBy('first', 'desc')
      .limit(1),
  (row) => spanRow.parse(row),
);

/** All of them, by position. Spans of different entries that touch are told apart. */
export async function erasedSpans(reading: Reading): Promise<readonly ErasedSpan[]> {
  return (await reading.all(allSpans, {})).map(({ first, last, by }) => ({ span: [first, last], by }));
}

/** The `retention.erased` that names this record; undefined for one that is not erased. */
export async function erasedBy(position: Position, reading: Reading): Promise<Position | undefined> {
  const row = await reading.get(spanUpTo, { position });
  return row !== undefined && position <= row.last ? row.by : undefined;
}

export const erasedProjection: Projection = {
  name: ERASED,
  tables: ['retention_erased'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_erased (first ${t.int} primary key, last ${t.int} not null, erased_by ${t.int} not null)${t.strict}`,
    ];
  },
  apply: async (entry, writing) => {
    if (entry.kind !== 'retention.erased') return;
    for (const [first, last] of entry.body.spans) await writing.run(insertSpan, { first, last, by: entry.position });
  },
};
