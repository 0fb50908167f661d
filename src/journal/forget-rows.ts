/** The usual ways in which a projection forgets an erased record. */
import { sql } from 'kysely';
import type { SqlValue } from '../storage/dialect.ts';
import { statement, type Statement } from '../storage/statement.ts';
import { namedBy } from './named.ts';
import type { Named, Projection } from './projection.ts';

/** A table and the column that says which rows go. */
export type Rows = readonly [table: string, column: string];
type Forget = NonNullable<Projection['forget']>;

/** Rows that the record made: `column` has its position. */
export function forgetRecord(...rows: readonly Rows[]): Forget {
  const drops = rows.map(dropping);
  return async ({ position }, writing) => {
    for (const drop of drops) await writing.run(drop, { value: position });
  };
}

/** Rows about what no record that is left names any more. */
export function forgetUnnamed(of: Named, ...rows: readonly Rows[]): Forget {
  const drops = rows.map(dropping);
  return async (entry, writing, left) => {
    for (const value of namedBy(entry, of)) {
      if (await left.names(of, value)) continue;
      for (const drop of drops) await writing.run(drop, { value });
    }
  };
}

function dropping([table, column]: Rows): Statement<{ value: SqlValue }, never> {
  return statement<{ value: SqlValue }>((db, p) => ({
    compile: () => sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${p('value')}`.compile(db),
  }));
}
