/** One SQLite connection and its compiled statements. Synchronous inside; the promises it gives are already settled. */
import Sqlite, { type Statement as SqliteStatement } from 'better-sqlite3';
import type { Params, Writing } from './database.ts';
import type { SqlValue } from './dialect.ts';
import { sqliteFailure } from './failure.ts';
import { bind, type Compiled, type Statement } from './statement.ts';

type Bound = SqlValue | bigint;
type Compilation = SqliteStatement<Bound[]>;

export class SqliteConnection implements Writing {
  readonly dialect = 'sqlite';
  readonly #db: Sqlite.Database;
  readonly #statements = new WeakMap<Compiled, Compilation>();
  readonly #words = new Map<string, SqliteStatement<[]>>();
  #savepoints = 0;

  constructor(file: string, options: { readonly readonly: boolean }) {
    this.#db = guarded(() => new Sqlite(file, { readonly: options.readonly, fileMustExist: options.readonly }));
  }

  all<P extends Params, R>(statement: Statement<P, R>, params: P): Promise<readonly R[]> {
    return settled(() =>
      this.#prepared(statement)
        .all(...this.#values(statement, params))
        .map((row) => statement.row(row)),
    );
  }

  get<P extends Params, R>(statement: Statement<P, R>, params: P): Promise<R | undefined> {
    return settled(() => {
      const row = this.#prepared(statement).get(...this.#values(statement, params));
      return row === undefined ? undefined : statement.row(row);
    });
  }

  run<P extends Params>(statement: Statement<P, never>, params: P): Promise<number> {
    return settled(() => this.#prepared(statement).run(...this.#values(statement, params)).changes);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `s${String(this.#savepoints)}`;
    this.#savepoints += 1;
    this.exec(`savepoint ${name}`);
    try {
      const value = await work();
      this.exec(`release ${name}`);
      return value;
    } catch (error) {
      // A full disk may have ended the whole transaction already; then there is nothing to go back to.
      if (this.#db.inTransaction) {
        this.exec(`rollback to ${name}`);
        this.exec(`release ${name}`);
      }
      throw error;
    } finally {
      this.#savepoints -= 1;
    }
  }

  /** Runs one of the few words of transactions, each compiled once. */
  exec(text: string): void {
    const known = this.#words.get(text);
    const compiled = known ?? this.#db.prepare<[]>(text);
    if (known === undefined) this.#words.set(text, compiled);
    guarded(() => compiled.run());
  }

  pragma(text: string): unknown {
    return guarded(() => this.#db.pragma(text, { simple: true }));
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction;
  }

  /**
   * Copies the database as this connection sees it into `file`, in steps between which others have their turn. Inside a
   * transaction that is one moment, whatever others write meanwhile. `step` is told how many pages are left, and says
   * how many the next step copies; none makes it wait.
   */
  async copyTo(file: string, step: (left: number, total: number) => number): Promise<void> {
    try {
      await this.#db.backup(file, { progress: ({ remainingPages, totalPages }) => step(remainingPages, totalPages) });
    } catch (error) {
      throw sqliteFailure(error) ?? error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #prepared<P, R>(statement: Statement<P, R>): Compilation {
    const compiled = statement.compiled('sqlite');
    const known = this.#statements.get(compiled);
    if (known !== undefined) return known;
    const fresh: Compilation = this.#db.prepare(compiled.sql);
    this.#statements.set(compiled, fresh);
    return fresh;
  }

  #values<P extends Params, R>(statement: Statement<P, R>, params: P): Bound[] {
    return bind(statement.compiled('sqlite'), params).map(whole);
  }
}

/** A number beyond 32 bits is bound as a double unless it is a bigint, and a double is no INTEGER in an expression. */
function whole(value: SqlValue): Bound {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) > 0x7fff_ffff ? BigInt(value) : value;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(error) ?? error;
  }
}

function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(guarded(work));
  });
}
