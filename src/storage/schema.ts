/** Making tables, and refusing a database that a newer version has changed. */
import { z } from 'zod';
import type { Database, Writing } from './database.ts';
import type { Dialect } from './dialect.ts';
import { statement, type Statement } from './statement.ts';
import { types } from './types.ts';

/** A group of tables with one version: what an older program must not touch once a newer one has changed it. */
export interface Schema {
  readonly name: string;
  readonly version: number;
  /** Idempotent statements that make version `version` from nothing. */
  tables(dialect: Dialect): readonly string[];
}

/** The database was written by a newer version of Gatehouse. */
export class DatabaseTooNew extends Error {
  override name = 'DatabaseTooNew';
}

/** Text that no parameter goes into: `create table` and the like. Not kept compiled: it runs once. */
export function definition(text: string): Statement<Record<string, never>, never> {
  return {
    compiled: () => ({ sql: text, slots: [] }),
    row: () => {
      throw new Error('this statement returns no rows');
    },
  };
}

const versionRow = z.object({ version: z.number() });
const versionOf = statement<{ name: string }, { version: number }>(
  (db, p) => db.selectFrom('gatehouse_schema').select('version').where('name', '=', p('name')),
  (row) => versionRow.parse(row),
);
const setVersion = statement<{ name: string; version: number }>((db, p) =>
  db
    .insertInto('gatehouse_schema')
    .values({ name: p('name'), version: p('version') })
    .onConflict((conflict) => conflict.column('name').doNothing()),
);

/**
 * Makes the tables of every schema in one transaction; doing it again changes nothing.
 * @throws DatabaseTooNew when one of them has a later version than this program knows.
 */
export async function createSchemas(database: Database, schemas: readonly Schema[]): Promise<void> {
  const t = types(database.dialect);
  await database.write(async (writing) => {
    const versions = `create table if not exists gatehouse_schema (name ${t.text} primary key, version ${t.int} not null)`;
    await writing.run(definition(versions + t.strict), {});
    for (const schema of schemas) await createSchema(schema, writing);
  });
}

async function createSchema(schema: Schema, writing: Writing): Promise<void> {
  const found = await writing.get(versionOf, { name: schema.name });
  if (found !== undefined && found.version > schema.version) {
    throw new DatabaseTooNew(
      `this database was written by a newer version of Gatehouse (${schema.name} is at ${found.version}, ` +
        `this program knows ${schema.version}): start that version, or restore a backup made before the upgrade`,
    );
  }
  for (const text of schema.tables(writing.dialect)) await writing.run(definition(text), {});
  await writing.run(setVersion, { name: schema.name, version: schema.version });
}
