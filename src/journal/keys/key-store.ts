/** The tables of keys.db. What is in them is wrapped; without the master key it is noise. */
import { z } from 'zod';
import { statement } from '../../storage/statement.ts';
import type { Schema } from '../../storage/schema.ts';
import { types } from '../../storage/types.ts';

export const keySchema: Schema = {
  name: 'keys',
  version: 1,
  tables: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists named_key (name ${t.text} primary key, wrapped ${t.bytes} not null)${t.strict}`,
      `create table if not exists entry_key (position ${t.int} primary key, wrapped ${t.bytes} not null)${t.strict}`,
    ];
  },
};

const wrappedRow = z.object({ wrapped: z.instanceof(Uint8Array) });
const entryRow = z.object({ position: z.number(), wrapped: z.instanceof(Uint8Array) });

export const namedKey = statement<{ name: string }, z.infer<typeof wrappedRow>>(
  (db, p) => db.selectFrom('named_key').select('wrapped').where('name', '=', p('name')),
  (row) => wrappedRow.parse(row),
);
/** The first one to name a key wins: a second process finds it and uses that. */
export const addNamedKey = statement<{ name: string; wrapped: Uint8Array }>((db, p) =>
  db
    .insertInto('named_key')
    .values({ name: p('name'), wrapped: p('wrapped') })
    .onConflict((conflict) => conflict.column('name').doNothing()),
);
export const entryKey = statement<{ position: number }, z.infer<typeof wrappedRow>>(
  (db, p) => db.selectFrom('entry_key').select('wrapped').where('position', '=', p('position')),
  (row) => wrappedRow.parse(row),
);
export const entryKeysBetween = statement<{ from: number; to: number }, z.infer<typeof entryRow>>(
  (db, p) =>
    db
      .selectFrom('entry_key')
      .select(['position', 'wrapped'])
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to')),
  (row) => entryRow.parse(row),
);
export const addEntryKey = statement<{ position: number; wrapped: Uint8Array }>((db, p) =>
  db
    .insertInto('entry_key')
    .values({ position: p('position'), wrapped: p('wrapped') })
    .onConflict((conflict) => conflict.column('position').doNothing()),
);
/** Keys of positions that the journal has not reached. */
export const removeKeysAfter = statement<{ position: number }>((db, p) =>
  db.deleteFrom('entry_key').where('position', '>', p('position')),
);
const countRow = z.object({ count: z.number() });
export const countKeys = statement<Record<string, never>, z.infer<typeof countRow>>(
  (db) => db.selectFrom('entry_key').select((eb) => eb.fn.countAll<number>().as('count')),
  (row) => countRow.parse(row),
);
export const removeEntryKey = statement<{ position: number }>((db, p) =>
  db.deleteFrom('entry_key').where('position', '=', p('position')),
);
