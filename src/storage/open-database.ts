import { z } from 'zod';
import type { Database } from './database.ts';
import { PostgresDatabase } from './postgres.ts';
import { SqliteDatabase } from './sqlite.ts';

export const databaseOptions = z.discriminatedUnion('dialect', [
  z.object({ dialect: z.literal('sqlite'), file: z.string() }),
  z.object({ dialect: z.literal('postgres'), url: z.string() }),
]);

/** Where a database is: a file whose folder exists, or a `postgres://` URL. */
export type DatabaseOptions = z.infer<typeof databaseOptions>;

/**
 * Opens a database; with `read`, a SQLite file is opened read-only and must exist.
 * @throws DatabaseDown when it can't be opened, Error when it can't be made durable.
 */
export function openDatabase(options: DatabaseOptions, access: 'write' | 'read' = 'write'): Promise<Database> {
  if (options.dialect === 'postgres') return PostgresDatabase.open(options.url);
  const { file } = options;
  return new Promise((resolve) => {
    resolve(new SqliteDatabase(file, access));
  });
}
