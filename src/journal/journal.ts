/** The journal as the rest of the house sees it. */
import type { Entry, ErasedEntry } from '../core/entry.ts';
import type { Lane, Position } from '../core/ids.ts';
import type { Recorder } from '../core/ports/recorder.ts';
import type { Reading } from '../storage/database.ts';
import type { Sealer } from '../storage/sealer.ts';

/** Told once after each commit, in commit order. */
export interface Committed {
  readonly from: Position;
  readonly to: Position;
  /** Lanes in which a task was made or became ready. */
  readonly lanes: readonly Lane[];
}

/** Reading what the projections hold: short, consistent, never a write. */
export interface Views {
  read<T>(work: (reading: Reading) => Promise<T>): Promise<T>;
  readonly sealer: Sealer;
}

export interface Journal extends Recorder, AsyncDisposable {
  readonly views: Views;
  /** Opens one entry; undefined when there is none. */
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  readMany(positions: readonly Position[]): Promise<readonly (Entry | ErasedEntry)[]>;
  /** The newest position, 0 when empty. */
  size(): Promise<number>;
  onCommitted(listener: (committed: Committed) => void): () => void;
  /** Projections that threw and are stale until rebuilt; health is red while there is one. */
  stale(): Promise<readonly string[]>;
}
