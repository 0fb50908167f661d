/** Which requests to release a hold wait for a second officer, and which entry ended each: part of `retention-holds`. */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import { parsePosition, type Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const REQUEST_TABLE = 'retention_hold_request';

const position = z.custom<Position>((value) => parsePosition(value).ok);
const requestRow = z.object({ position });
const endRow = z.object({ ended_by: position.nullable() });

const insertRequest = statement<{ position: number; placed: number }>((db, p) =>
  db.insertInto(REQUEST_TABLE).values({ position: p('position'), placed: p('placed'), ended_by: null }),
);
const endRequests = statement<{ placed: number; by: number }>((db, p) =>
  db
    .updateTable(REQUEST_TABLE)
    .set({ ended_by: p('by') })
    .where('placed', '=', p('placed'))
    .where('ended_by', 'is', null),
);
const selectEnded = statement<{ by: number }, z.infer<typeof requestRow>>(
  (db, p) => db.selectFrom(REQUEST_TABLE).select('position').where('ended_by', '=', p('by')).orderBy('position'),
  (row) => requestRow.parse(row),
);
const selectEnd = statement<{ position: number }, z.infer<typeof endRow>>(
  (db, p) => db.selectFrom(REQUEST_TABLE).select('ended_by').where('position', '=', p('position')),
  (row) => endRow.parse(row),
);

/** The requests that this entry ended: those of one hold. */
export async function requestsEndedBy(reading: Reading, by: Position): Promise<readonly Position[]> {
  return (await reading.all(selectEnded, { by })).map((row) => row.position);
}

/** Whether a second officer is still asked. */
export async function isOpenRequest(reading: Reading, request: Position): Promise<boolean> {
  const row = await reading.get(selectEnd, { position: request });
  return row?.ended_by === null;
}

export function requestSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists ${REQUEST_TABLE} (position ${t.int} primary key, placed ${t.int} not null, ended_by ${t.int})${t.strict}`,
    `create index if not exists retention_hold_request_placed on ${REQUEST_TABLE} (placed)`,
    `create index if not exists retention_hold_request_end on ${REQUEST_TABLE} (ended_by)`,
  ];
}

/** After the hold itself was put where this entry puts it: `moved`, whether it did. */
export async function onRequest(entry: Entry, moved: boolean, writing: Writing): Promise<void> {
  if (!moved) return;
  if (entry.kind === 'hold.release-requested' && entry.body.refused !== true) {
    await writing.run(insertRequest, { position: entry.position, placed: entry.body.placed });
    return;
  }
  if (entry.kind !== 'hold.release-requested' && entry.kind !== 'hold.released') return;
  await writing.run(endRequests, { placed: entry.body.placed, by: entry.position });
}
