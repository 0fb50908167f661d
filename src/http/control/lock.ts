/**
 * One process writes to a data folder. The lock is the write lock of a small SQLite file, held by an open transaction:
 * the operating system takes it back when its process ends in whatever way, so nothing stale is ever left behind, no
 * process number is trusted, and two containers on one volume exclude each other as well.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { err, ok, type Result } from '../../core/result.ts';
import type { Database } from '../../storage/database.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { createSchemas, type Schema } from '../../storage/schema.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

/** Says who holds the lock, for people; that it is held is the operating system's word. */
export interface Holder {
  readonly pid: number;
  /** What the process does: `run`, `rebuild`. */
  readonly what: string;
}

export interface LockTaken {
  readonly holder?: Holder;
  /** For a person. */
  readonly message: string;
}

const schema: Schema = {
  name: 'lock',
  version: 1,
  tables: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists holder (one ${t.int} primary key, pid ${t.int} not null, what ${t.text} not null)${t.strict}`,
    ];
  },
};
const setHolder = statement<Readonly<{ pid: number; what: string }>>((db, p) =>
  db
    .insertInto('holder')
    .values({ one: 1, pid: p('pid'), what: p('what') })
    .onConflict((conflict) => conflict.column('one').doUpdateSet({ pid: p('pid'), what: p('what') })),
);
const getHolder = statement<Readonly<Record<string, never>>, Holder>(
  (db) => db.selectFrom('holder').select(['pid', 'what']).where('one', '=', sql.lit(1)),
  (raw) => z.object({ pid: z.number(), what: z.string() }).parse(raw),
);

/**
 * Takes the lock at `file`, waiting up to five seconds for a process that is just ending. It is held until disposed.
 * @throws DatabaseDown when the file can't be written at all: full disk, permissions.
 */
export async function acquireLock(file: string, holder: Holder): Promise<Result<AsyncDisposable, LockTaken>> {
  const database = await openDatabase({ dialect: 'sqlite', file });
  try {
    await createSchemas(database, [schema]);
    await database.write((writing) => writing.run(setHolder, { ...holder }));
    return ok(await hold(database));
  } catch (error) {
    const taken = busy.safeParse(error).success ? await holderOf(database) : undefined;
    await database[Symbol.asyncDispose]();
    if (taken === undefined) throw error;
    return err(takenBy(file, taken));
  }
}

const busy = z.object({ cause: z.object({ code: z.string().startsWith('SQLITE_BUSY') }) });

/** Resolves once the lock is held. */
function hold(database: Database): Promise<AsyncDisposable> {
  return new Promise((resolve, reject) => {
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const held = database.write(async () => {
      resolve({
        [Symbol.asyncDispose]: async () => {
          release(undefined);
          await held;
          await database[Symbol.asyncDispose]();
        },
      });
      await released;
    });
    held.catch(reject);
  });
}

async function holderOf(database: Database): Promise<Holder | undefined> {
  try {
    return await database.read((reading) => reading.get(getHolder, {}));
  } catch {
    return undefined;
  }
}

function takenBy(file: string, holder: Holder): LockTaken {
  const message =
    `another Gatehouse process (${holder.pid}, gatehouse ${holder.what}) uses this data folder (${file}). ` +
    `Only one may: stop it first, or let this command go through it.`;
  return { holder, message };
}
