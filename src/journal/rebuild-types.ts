/** What a rebuild is given and what it found. */
import type { Database } from '../storage/database.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { WriterParts } from './open-writer.ts';
import type { SearchIndex } from './search/index-store.ts';

export interface RebuildOptions extends WriterParts {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly search: SearchIndex;
  /** Compares only, and leaves everything as it is. */
  readonly check: boolean;
  readonly progress?: (done: number, of: number) => void;
}

/** The first thing that is not as the entries say; ids only, no personal values. */
export interface Difference {
  readonly table: string;
  /** The row by its first column, or the record's position. */
  readonly row: string;
  readonly what: 'missing' | 'extra' | 'differs';
}

export interface RebuildResult {
  readonly entries: number;
  /** Erased entries are passed over: what only they said is not computed again. */
  readonly erased: number;
  readonly difference?: Difference;
  /** Tasks written that had never been planned; they are dead until a person retries them. */
  readonly tasksAdded: number;
}
