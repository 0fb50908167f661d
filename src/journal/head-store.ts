/** Where the journal stands: one row, locked by whoever appends, so that positions have no gaps and one order. */
import { z } from 'zod';
import type { Dialect } from '../storage/dialect.ts';
import { statement } from '../storage/statement.ts';
import { types } from '../storage/types.ts';

export function headTables(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists journal_head (
      id ${t.int} primary key check (id = 1),
      position ${t.int} not null,
      epoch ${t.int} not null,
      tree ${t.bytes} not null
    )${t.strict}`,
    `create table if not exists journal_stale (
      name ${t.text} primary key,
      since ${t.int} not null,
      reason ${t.text} not null
    )${t.strict}`,
  ];
}

const headRow = z.object({ position: z.number(), epoch: z.number(), tree: z.instanceof(Uint8Array) });
export type Head = z.infer<typeof headRow>;

type None = Record<string, never>;

export const makeHead = statement<{ tree: Uint8Array }>((db, p) =>
  db
    .insertInto('journal_head')
    .values({ id: 1, position: 0, epoch: 1, tree: p('tree') })
    .onConflict((conflict) => conflict.column('id').doNothing()),
);

export const readHead = statement<None, Head>(
  (db) => db.selectFrom('journal_head').select(['position', 'epoch', 'tree']).where('id', '=', 1),
  (row) => headRow.parse(row),
);

/** On SQLite the transaction itself is the lock. */
export const lockHead = statement<None, Head>(
  (db, _p, dialect) => {
    const query = db.selectFrom('journal_head').select(['position', 'epoch', 'tree']).where('id', '=', 1);
    return dialect === 'postgres' ? query.forUpdate() : query;
  },
  (row) => headRow.parse(row),
);

export const moveHead = statement<{ position: number; tree: Uint8Array }>((db, p) =>
  db
    .updateTable('journal_head')
    .set({ position: p('position'), tree: p('tree') })
    .where('id', '=', 1),
);

/** Only the entry that begins an epoch moves it. */
export const setEpoch = statement<{ epoch: number }>((db, p) =>
  db
    .updateTable('journal_head')
    .set({ epoch: p('epoch') })
    .where('id', '=', 1),
);

const staleRow = z.object({ name: z.string(), since: z.number(), reason: z.string() });
export type Stale = z.infer<typeof staleRow>;

export const allStale = statement<None, Stale>(
  (db) => db.selectFrom('journal_stale').selectAll().orderBy('name'),
  (row) => staleRow.parse(row),
);
export const addStale = statement<Stale>((db, p) =>
  db
    .insertInto('journal_stale')
    .values({ name: p('name'), since: p('since'), reason: p('reason') })
    .onConflict((conflict) => conflict.column('name').doNothing()),
);
export const clearStale = statement<None>((db) => db.deleteFrom('journal_stale'));
