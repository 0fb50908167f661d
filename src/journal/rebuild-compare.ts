/** Comparing tables before and after, inside one transaction that is taken back in the end. */
import { z } from 'zod';
import { sql } from 'kysely';
import type { Writing } from '../storage/database.ts';
import { definition } from '../storage/schema.ts';
import { statement } from '../storage/statement.ts';
import { keptName } from './rebuild-carry.ts';
import type { Difference } from './rebuild-types.ts';

/** Copies the tables as they are now. */
export async function keepTables(tables: readonly string[], writing: Writing): Promise<void> {
  for (const table of tables) {
    await writing.run(definition(`create table ${keptName(table)} as select * from ${table}`), {});
  }
}

export async function dropKept(tables: readonly string[], writing: Writing): Promise<void> {
  for (const table of tables) await writing.run(definition(`drop table ${keptName(table)}`), {});
}

/** The first row in which a table differs from its kept copy. */
export async function compareTables(tables: readonly string[], writing: Writing): Promise<Difference | undefined> {
  for (const table of tables) {
    const missing = await firstOnlyIn(table, keptName(table), writing);
    if (missing !== undefined) return { table, row: missing, what: 'missing' };
    const extra = await firstOnlyIn(keptName(table), table, writing);
    if (extra !== undefined) return { table, row: extra, what: 'extra' };
  }
  return undefined;
}

const anyRow = z.record(z.string(), z.unknown());

/** The first column of the first row that is in `one` and not in `other`. */
async function firstOnlyIn(one: string, other: string, writing: Writing): Promise<string | undefined> {
  const only = statement<Record<string, never>, z.infer<typeof anyRow>>(
    (db) => ({
      compile: () =>
        sql`select * from ${sql.raw(one)} except select * from ${sql.raw(other)} order by 1 limit 1`.compile(db),
    }),
    (row) => anyRow.parse(row),
  );
  const row = await writing.get(only, {});
  if (row === undefined) return undefined;
  const first = Object.values(row)[0];
  return typeof first === 'string' || typeof first === 'number' ? String(first) : 'a sealed row';
}
