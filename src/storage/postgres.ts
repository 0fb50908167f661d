/** PostgreSQL through a pool. Every commit waits for its log to be flushed; a server that doesn't is refused at open. */
import pg, { type PoolClient } from 'pg';
import { z } from 'zod';
import { DatabaseDown, type Database, type Params, type Reading, type Writing } from './database.ts';
import { postgresFailure } from './failure.ts';
import { Mutex } from './mutex.ts';
import { bind, type Compiled, type Statement } from './statement.ts';

const CONNECTIONS = 8;

/** Positions, counts and milliseconds stay below 2^53; as text, the driver's default, they would not compare. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Kept by the statement, not by the connection: `pg` prepares a name once on each connection. */
const names = new WeakMap<Compiled, string>();
let named = 0;

export class PostgresDatabase implements Database {
  readonly dialect = 'postgres';
  readonly #pool: pg.Pool;
  readonly #turn = new Mutex();
  #broken: DatabaseDown | undefined;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** @throws DatabaseDown when the server can't be reached; Error when it is set up to lose commits. */
  static async open(url: string): Promise<PostgresDatabase> {
    const pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: 10_000,
      options: '-c synchronous_commit=on',
    });
    // A connection that breaks is replaced when it is next needed; without a listener it would end the process, be it
    // idle in the pool or lent out between two statements.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
    });
    try {
      await guarded(() => expectDurable(pool));
    } catch (error) {
      await pool.end();
      throw error;
    }
    return new PostgresDatabase(pool);
  }

  read<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    return this.#transaction('begin isolation level repeatable read read only', work);
  }

  /** One writer in this process at a time; between processes the journal's locked head row gives the order. */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#turn.run(() => this.#transaction('begin isolation level read committed', work));
  }

  scrub(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn.idle();
    this.#broken = new DatabaseDown('the database is closed', { fatal: true });
    await this.#pool.end();
  }

  async #transaction<T>(begin: string, work: (writing: Writing) => Promise<T>): Promise<T> {
    if (this.#broken !== undefined) throw this.#broken;
    const client = await guarded(() => this.#pool.connect());
    try {
      const value = await transaction(client, begin, work);
      client.release();
      return value;
    } catch (error) {
      const down = error instanceof DatabaseDown;
      if (down && error.fatal) this.#broken = error;
      client.release(down);
      throw error;
    }
  }
}

async function transaction<T>(client: PoolClient, begin: string, work: (writing: Writing) => Promise<T>): Promise<T> {
  const writing = new PostgresConnection(client);
  await writing.exec(begin);
  try {
    const value = await work(writing);
    await writing.exec('commit');
    return value;
  } catch (error) {
    if (!(error instanceof DatabaseDown)) await writing.exec('rollback');
    throw error;
  }
}

class PostgresConnection implements Writing {
  readonly dialect = 'postgres';
  readonly #client: PoolClient;
  #savepoints = 0;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async all<P extends Params, R>(statement: Statement<P, R>, params: P): Promise<readonly R[]> {
    const { rows } = await this.#query(statement, params);
    return rows.map((row) => statement.row(row));
  }

  async get<P extends Params, R>(statement: Statement<P, R>, params: P): Promise<R | undefined> {
    const { rows } = await this.#query(statement, params);
    return rows[0] === undefined ? undefined : statement.row(rows[0]);
  }

  async run<P extends Params>(statement: Statement<P, never>, params: P): Promise<number> {
    const { rowCount } = await this.#query(statement, params);
    return rowCount ?? 0;
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `s${String(this.#savepoints)}`;
    this.#savepoints += 1;
    await this.exec(`savepoint ${name}`);
    try {
      const value = await work();
      await this.exec(`release savepoint ${name}`);
      return value;
    } catch (error) {
      if (!(error instanceof DatabaseDown)) {
        await this.exec(`rollback to savepoint ${name}; release savepoint ${name}`);
      }
      throw error;
    } finally {
      this.#savepoints -= 1;
    }
  }

  async exec(text: string): Promise<void> {
    await guarded(() => this.#client.query(text));
  }

  #query<P extends Params, R>(statement: Statement<P, R>, params: P): Promise<pg.QueryResult<object>> {
    const compiled = statement.compiled('postgres');
    const values = bind(compiled, params);
    return guarded(() => this.#client.query<object>({ name: nameOf(compiled), text: compiled.sql, values }));
  }
}

function nameOf(compiled: Compiled): string {
  const known = names.get(compiled);
  if (known !== undefined) return known;
  named += 1;
  const fresh = `s${String(named)}`;
  names.set(compiled, fresh);
  return fresh;
}

async function expectDurable(pool: pg.Pool): Promise<void> {
  const shown = await pool.query<object>(
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
  );
  const settings = z.object({ fsync: z.string(), commit: z.string() }).parse(shown.rows[0]);
  if (settings.fsync !== 'on' || settings.commit === 'off' || settings.commit === 'local') {
    throw new Error('PostgreSQL runs with fsync or synchronous_commit off: records would not be safe there');
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw postgresFailure(error) ?? error;
  }
}
