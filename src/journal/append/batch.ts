/**
 * One transaction of the writer: what it has given out so far, and how to take a piece of it back. Mostly nothing
 * fails, and savepoints cost a fifth of an append: so a batch is tried boldly first, without any, and only when
 * something throws is all of it undone and done again with care, to find out what.
 */
import type { Entry } from '../../core/entry.ts';
import type { Lane, Position } from '../../core/ids.ts';
import { DatabaseDown, type Writing } from '../../storage/database.ts';

export class Batch {
  readonly writing: Writing;
  /** Whether a piece can be taken back. Where it can't, what throws ends the batch: nobody else may catch it. */
  readonly careful: boolean;
  /** The newest position given out; 0 when there is none. */
  position: Position | 0;
  readonly leaves: Uint8Array[] = [];
  /** What the search index has yet to see. */
  readonly entries: Entry[] = [];
  /** Projections that are stale now, those of earlier transactions included. */
  stale: Set<string>;
  lanes: Set<Lane>;

  constructor(
    writing: Writing,
    from: { readonly position: Position | 0; readonly stale: ReadonlySet<string> },
    careful: boolean,
  ) {
    this.writing = writing;
    this.careful = careful;
    this.position = from.position;
    this.stale = new Set(from.stale);
    this.lanes = new Set();
  }

  /**
   * Runs `work`; when it throws, a careful batch is as it was before, in memory as on disk. Whoever catches the error
   * asks `endsWith` first.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    if (!this.careful) return work();
    const { position, stale, lanes } = this;
    const count = this.leaves.length;
    const kept = { stale: new Set(stale), lanes: new Set(lanes) };
    try {
      return await this.writing.savepoint(work);
    } catch (error) {
      this.position = position;
      this.leaves.length = count;
      this.entries.length = count;
      this.stale = kept.stale;
      this.lanes = kept.lanes;
      throw error;
    }
  }

  /** Whether the batch ends with this error: no piece of it can be kept. A database that is down is nobody's mistake. */
  endsWith(error: unknown): boolean {
    return !this.careful || error instanceof DatabaseDown;
  }
}
