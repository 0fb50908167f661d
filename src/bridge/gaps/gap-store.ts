/** Gaps that were found, and how much of each is on record by now: one whose look was cut off by a crash stays open. */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { GapIn } from '../../core/watch-entries.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

/** Rooms that one `gap.repaired` names; of more it has the totals. */
export const MOST_NAMED = 1_000;
/** Open gaps that are read at once: one look leaves no more than a crash can cut off. */
const MOST_OPEN = 100_000;

const gapRow = z.object({
  found: column.position,
  room: column.room,
  events: z.number(),
  unreadable: z.number(),
  fetched: z.number(),
  first: column.millis,
  last: column.millis,
});
type GapRow = z.infer<typeof gapRow>;

const insertGap = statement<Readonly<Record<keyof GapRow, string | number>>>((db, p) =>
  db
    .insertInto('gap')
    .values({
      found: p('found'),
      room: p('room'),
      events: p('events'),
      unreadable: p('unreadable'),
      fetched: p('fetched'),
      first: p('first'),
      last: p('last'),
      repaired: null,
    })
    .onConflict((conflict) => conflict.column('found').doNothing()),
);
const newestOpen = statement<{ room: string }, { found: Position }>(
  (db, p) =>
    db
      .selectFrom('gap')
      .select('found')
      .where('room', '=', p('room'))
      .where('repaired', 'is', null)
      .orderBy('found', 'desc')
      .limit(1),
  (row) => z.object({ found: column.position }).parse(row),
);
const addFetched = statement<{ found: number }>((db, p) =>
  db
    .updateTable('gap')
    .set((eb) => ({ fetched: eb('fetched', '+', 1) }))
    .where('found', '=', p('found')),
);
const closeOne = statement<{ found: number; repaired: number }>((db, p) =>
  db
    .updateTable('gap')
    .set({ repaired: p('repaired') })
    .where('found', '=', p('found')),
);
const closeAll = statement<{ repaired: number }>((db, p) =>
  db
    .updateTable('gap')
    .set({ repaired: p('repaired') })
    .where('repaired', 'is', null)
    .where('found', '<', p('repaired')),
);
const selectOpen = statement<Record<string, never>, GapRow>(
  (db) =>
    db
      .selectFrom('gap')
      .select(['found', 'room', 'events', 'unreadable', 'fetched', 'first', 'last'])
      .where('repaired', 'is', null)
      .orderBy('found')
      .limit(MOST_OPEN),
  (row) => gapRow.parse(row),
);
const countOpen = statement<Record<string, never>, { n: number }>(
  (db) =>
    db
      .selectFrom('gap')
      .select((eb) => eb.fn.countAll().as('n'))
      .where('repaired', 'is', null),
  (row) => z.object({ n: z.coerce.number() }).parse(row),
);

/** A gap that is not told of yet. */
export interface OpenGap extends GapIn {
  readonly found: Position;
  /** Of its events, those that are on record by now. */
  readonly fetched: number;
}

/** Oldest first. */
export async function openGaps(reading: Reading): Promise<readonly OpenGap[]> {
  const rows = await reading.all(selectOpen, {});
  return rows.map(({ first, last, ...row }) => ({ ...row, from: first, to: last }));
}

export async function countOpenGaps(reading: Reading): Promise<number> {
  return (await reading.get(countOpen, {}))?.n ?? 0;
}

async function onFound(entry: EntryOf<'gap.found'>, writing: Writing): Promise<void> {
  const { room, events, unreadable, from, to } = entry.body;
  await writing.run(insertGap, {
    ...{ found: entry.position, room, events, unreadable, fetched: 0, first: from, last: to },
  });
}

/** Counting is all that an event's lateness is used for. */
async function onEvent(entry: Entry, writing: Writing): Promise<void> {
  if (entry.source.late?.by !== 'gap' || entry.room === undefined) return;
  const open = await writing.get(newestOpen, { room: entry.room });
  if (open !== undefined) await writing.run(addFetched, { found: open.found });
}

async function onRepaired(entry: EntryOf<'gap.repaired'>, writing: Writing): Promise<void> {
  const repaired = entry.position;
  const { rooms, events } = entry.body;
  if (rooms.length === 0 && events > 0) await writing.run(closeAll, { repaired });
  for (const { found } of rooms) await writing.run(closeOne, { found, repaired });
}

async function apply(entry: Entry, writing: Writing): Promise<void> {
  if (entry.kind === 'gap.found') await onFound(entry, writing);
  else if (entry.kind === 'gap.repaired') await onRepaired(entry, writing);
  else if (entry.kind === 'matrix.event' || entry.kind === 'matrix.malformed') await onEvent(entry, writing);
}

export const gapsProjection: Projection = {
  name: 'gaps',
  tables: ['gap'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists gap (found ${t.int} primary key, room ${t.text} not null, events ${t.int} not null, unreadable ${t.int} not null, fetched ${t.int} not null, first ${t.int} not null, last ${t.int} not null, repaired ${t.int})${t.strict}`,
      'create index if not exists gap_open on gap (room, found) where repaired is null',
    ];
  },
  apply,
  carried: [{ table: 'gap', column: 'found', of: 'record' }],
};
