/**
 * Copies a SQLite database while others write to it. A read transaction holds one moment of it; the pages go over in
 * small steps, so that neither this process nor a commit waits for the copy. What is committed meanwhile stays in the
 * log until the copy is done: it grows by that much. Memory does not grow with the database.
 */
import { open } from 'node:fs/promises';
import type { Reading } from './database.ts';
import { SqliteConnection } from './sqlite-connection.ts';

/** Pages in one step: 1 MiB, a millisecond or two. */
const STEP_PAGES = 256;
/** Steps after which what was written is synced, so that the last sync has little left to do. */
const SYNC_EVERY = 32;
const PAGE_BYTES = 4096;

export interface SqliteCopy<T> {
  readonly from: string;
  /** Must not exist; for its owner only. */
  readonly to: string;
  /** Reads what the copy holds; what it reads first fixes the moment that is copied. */
  readonly look: (reading: Reading) => Promise<T>;
  /** Bytes. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Resolves with what `look` saw when the copy would survive a power cut. @throws DatabaseDown, or when aborted */
export async function copySqlite<T>({ from, to, look, progress, signal }: SqliteCopy<T>): Promise<T> {
  const target = await open(to, 'wx', 0o600);
  const source = new SqliteConnection(from, { readonly: true });
  try {
    source.pragma('busy_timeout = 5000');
    source.exec('begin');
    const seen = await look(source);
    const pace = new Pace(() => target.datasync());
    await source.copyTo(to, (left, total) => {
      signal?.throwIfAborted();
      progress?.((total - left) * PAGE_BYTES, total * PAGE_BYTES);
      return pace.next();
    });
    await pace.idle();
    await target.sync();
    return seen;
  } finally {
    if (source.inTransaction) source.exec('rollback');
    source.close();
    await target.close();
  }
}

/** How many pages come next: none while what was written is being synced. */
class Pace {
  readonly #sync: () => Promise<void>;
  #steps = 0;
  #syncing: Promise<void> | undefined;
  #failed: Error | undefined;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** @throws what a sync failed with: the copy is worth nothing then */
  next(): number {
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#syncing !== undefined) return 0;
    this.#steps += 1;
    if (this.#steps % SYNC_EVERY === 0) this.#begin();
    return STEP_PAGES;
  }

  async idle(): Promise<void> {
    await this.#syncing;
    if (this.#failed !== undefined) throw this.#failed;
  }

  #begin(): void {
    this.#syncing = this.#sync()
      .catch((error: unknown) => {
        this.#failed = error instanceof Error ? error : new Error('the copy could not be synced');
      })
      .finally(() => {
        this.#syncing = undefined;
      });
  }
}
