/**
 * A real SQLite in memory whose state can be set back in no time: a history happens inside one outer transaction, a
 * commit is a released savepoint, and a new history begins by rolling back to the template. The template is committed
 * before: had the outer transaction made the tables too, each way back would forget the schema and every compiled statement.
 */
import { DatabaseDown, type Database, type Reading, type Writing } from '../../../src/storage/database.ts';
import { Mutex } from '../../../src/storage/mutex.ts';
import { SqliteConnection } from '../../../src/storage/sqlite-connection.ts';

export class MemoryDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly #connection = new SqliteConnection(':memory:', { readonly: false });
  readonly #turn = new Mutex();
  /** While it is set, nothing can be written: the disk is full. */
  full = false;

  read<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    return work(this.#connection);
  }

  /** Atomic: nothing but statements is awaited inside, so no step comes between its beginning and its end. */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#turn.run(() => {
      if (this.full) throw new DatabaseDown('the disk is full', { fatal: false });
      return this.#connection.savepoint(() => work(this.#connection));
    });
  }

  scrub(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** What is there now is what every history begins with. */
  freeze(): void {
    this.#connection.exec('begin');
  }

  reset(): void {
    this.full = false;
    this.#connection.exec('rollback');
    this.#connection.exec('begin');
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }
}
