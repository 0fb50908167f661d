/**
 * One way to speak to SQLite and PostgreSQL. Statements are compiled once (`statement.ts`); a transaction awaits
 * nothing but its own statements, so that on SQLite it never waits for anything but the disk.
 */
import type { Dialect, SqlValue } from './dialect.ts';
import type { Statement } from './statement.ts';

/** A statement's named parameters. Declare them with `type`, not `interface`: an interface has no index signature. */
export type Params = Readonly<Record<string, SqlValue>>;

/** A consistent view. */
export interface Reading {
  readonly dialect: Dialect;
  all<P extends Params, R>(statement: Statement<P, R>, params: P): Promise<readonly R[]>;
  get<P extends Params, R>(statement: Statement<P, R>, params: P): Promise<R | undefined>;
}

/** An open transaction. */
export interface Writing extends Reading {
  /** Resolves with the number of rows changed. */
  run<P extends Params>(statement: Statement<P, never>, params: P): Promise<number>;
  /** Runs `work` inside a savepoint; when it throws, what it wrote is undone and the error goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

export interface Database extends AsyncDisposable {
  readonly dialect: Dialect;
  /** One consistent snapshot for all that `work` reads. Keep it short: a long one holds back the WAL. */
  read<T>(work: (reading: Reading) => Promise<T>): Promise<T>;
  /** Serialised; resolves after the commit is on disk. A throw rolls back and goes on. */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /**
   * Makes deleted rows unreadable in the files at hand: SQLite's log is folded into the (secure-deleting) database and
   * cut to nothing. Writes go on between its steps, and none waits for a reader. Resolves with false when readers hold
   * the log: ask again later. On PostgreSQL it does nothing: what its log archive keeps is the server's to expire.
   */
  scrub(): Promise<boolean>;
}

/** The database can't take a write now: full disk, I/O error, lost connection, closed. `fatal`: never try again in this process. */
export class DatabaseDown extends Error {
  override name = 'DatabaseDown';
  readonly fatal: boolean;
  constructor(message: string, options: { fatal: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.fatal = options.fatal;
  }
}
