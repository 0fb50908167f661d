/** One transaction of the writer: what it has given out so far, and how to take a piece of it back. */
import type { Entry } from '../../core/entry.ts';
import type { Lane, Position } from '../../core/ids.ts';
import type { Writing } from '../../storage/database.ts';

export class Batch {
  readonly writing: Writing;
  /** The newest position given out; 0 when there is none. */
  position: Position | 0;
  readonly leaves: Uint8Array[] = [];
  /** What the search index has yet to see. */
  readonly entries: Entry[] = [];
  /** Projections that are stale now, those of earlier transactions included. */
  stale: Set<string>;
  lanes: Set<Lane>;

  constructor(writing: Writing, position: Position | 0, stale: ReadonlySet<string>) {
    this.writing = writing;
    this.position = position;
    this.stale = new Set(stale);
    this.lanes = new Set();
  }

  /** Runs `work` in a savepoint; when it throws, the batch is as it was before, in memory as on disk. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
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
}
