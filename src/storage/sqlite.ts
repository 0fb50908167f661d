/**
 * SQLite on disk: one connection writes, a few read. WAL with synchronous=FULL: a commit is on disk when it returns
 * (sqlite.org/pragma.html#pragma_synchronous; better-sqlite3's own default, NORMAL, loses commits in a power cut).
 */
import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseDown, type Database, type Reading, type Writing } from './database.ts';
import { Mutex } from './mutex.ts';
import { Pool } from './pool.ts';
import { SqliteConnection } from './sqlite-connection.ts';

const READERS = 4;
/** Pages of 4 KiB after which a commit folds the log into the database, as far as readers let it. */
const CHECKPOINT_PAGES = 4000;
/** A log longer than this is restarted even if readers have to be waited for, every so many commits. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;
const LOG_LOOK_EVERY = 256;
/** How long a statement waits for another process. */
const BUSY_MS = 5_000;
/** A house reads all the time, for a moment each: one of so many tries comes between. */
const SCRUB_TRIES = 50;

export class SqliteDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly #file: string;
  readonly #writer: SqliteConnection | undefined;
  readonly #readers: Pool<SqliteConnection>;
  readonly #turn = new Mutex();
  #broken: DatabaseDown | undefined;
  #commits = 0;

  constructor(file: string, access: 'write' | 'read') {
    this.#file = file;
    this.#writer = access === 'write' ? openWriter(file) : undefined;
    this.#readers = new Pool(READERS, () => openReader(file));
  }

  async read<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    if (this.#broken?.message === closedWords) throw this.#broken;

    return this.#readers.lend((reader) => inTransaction(reader, 'begin', () => work(reader)));
  }

  write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#turn.run(() => this.#write(work));
  }

  async scrub(): Promise<boolean> {
    for (let tries = 0; tries < SCRUB_TRIES; tries += 1) {
      if (await this.#turn.run(() => Promise.resolve(cutLog(this.#usable())))) return true;
      await nextTurn();
    }
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn.idle();
    this.#broken = new DatabaseDown(closedWords, { fatal: true });
    for (const reader of this.#readers.opened) reader.close();
    this.#writer?.close();
  }

  async #write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    const writer = this.#usable();
    try {
      const value = await inTransaction(writer, 'begin immediate', () => work(writer));
      this.#restartLongLog(writer);
      return value;
    } catch (error) {
      if (error instanceof DatabaseDown && error.fatal) this.#broken = error;
      throw error;
    }
  }

  #usable(): SqliteConnection {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#writer === undefined) throw new Error('this database was opened for reading');
    return this.#writer;
  }

  /** A reader that never ends holds back the log; what was committed is safe either way, so a failure here is none. */
  #restartLongLog(writer: SqliteConnection): void {
    this.#commits += 1;
    if (this.#commits % LOG_LOOK_EVERY !== 0) return;
    const log = statSync(`${this.#file}-wal`, { throwIfNoEntry: false });
    if (log !== undefined && log.size > LOG_LIMIT_BYTES) writer.pragma('wal_checkpoint(RESTART)');
  }
}

/** Never waits for a reader: while a copy is made of the database, its log can't be cut, and nothing shall stand still. */
function cutLog(writer: SqliteConnection): boolean {
  writer.pragma('busy_timeout = 0');
  try {
    return writer.pragma('wal_checkpoint(TRUNCATE)') === 0;
  } finally {
    writer.pragma(`busy_timeout = ${String(BUSY_MS)}`);
  }
}

/** Readers in this thread end what they are at. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const closedWords = 'the database is closed';

async function inTransaction<T>(on: SqliteConnection, begin: string, work: () => Promise<T>): Promise<T> {
  on.exec(begin);
  try {
    const value = await work();
    on.exec('commit');
    return value;
  } catch (error) {
    if (on.inTransaction) on.exec('rollback');
    throw error;
  }
}

/** @throws Error when SQLite does not take the settings that durability and erasure depend on. */
function openWriter(file: string): SqliteConnection {
  // Made by us first: SQLite would make it readable to others, and gives its log the same mode.
  closeSync(openSync(file, 'a', 0o600));
  const connection = new SqliteConnection(file, { readonly: false });
  connection.pragma(`busy_timeout = ${String(BUSY_MS)}`);
  connection.pragma('journal_mode = wal');
  connection.pragma('synchronous = full');
  connection.pragma('foreign_keys = on');
  connection.pragma('secure_delete = on');
  connection.pragma('temp_store = memory');
  connection.pragma('cache_size = -32000');
  connection.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`);
  expectPragma(connection, 'journal_mode', 'wal');
  expectPragma(connection, 'synchronous', 2);
  expectPragma(connection, 'foreign_keys', 1);
  expectPragma(connection, 'secure_delete', 1);
  // What a killed process committed may lie in the kernel alone, and its peers are told "on record" again without a
  // write of ours: it is put on disk first. After a failed fsync it is written once more, which no second fsync does.
  connection.pragma('wal_checkpoint(PASSIVE)');
  return connection;
}

function expectPragma(connection: SqliteConnection, name: string, wanted: string | number): void {
  const got = connection.pragma(name);
  if (got === wanted) return;
  connection.close();
  throw new Error(`SQLite did not accept ${name} = ${String(wanted)}: records would not be safe on this disk`);
}

function openReader(file: string): SqliteConnection {
  const connection = new SqliteConnection(file, { readonly: true });
  connection.pragma(`busy_timeout = ${String(BUSY_MS)}`);
  connection.pragma('query_only = on');
  connection.pragma('temp_store = memory');
  return connection;
}
