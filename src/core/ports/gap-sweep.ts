/**
 * Looking for what the homeserver has and did not bring, and putting it on record. `bridge/gaps` implements it; the
 * desk, reconciliation and health ask it.
 */
import type { Millis, RoomId } from '../ids.ts';
import type { GapLook } from '../watch-entries.ts';

/** What one look found. */
export interface GapSummary {
  readonly by: GapLook;
  /** Rooms that were read. */
  readonly rooms: number;
  /** Events that were missing: they are on record now. */
  readonly events: number;
  /** Of these, with their content. */
  readonly fetched: number;
  /** Of these, events whose content was gone before we could read it. */
  readonly unreadable: number;
  /** Rooms that the homeserver does not let us read, or no longer has. */
  readonly failedRooms: number;
  /** False when the homeserver went away, or we were told to stop: the same look is made again by itself. */
  readonly complete: boolean;
  /** When the look ended. */
  readonly at: Millis;
}

export interface SweepOptions {
  /** Only these rooms; every room of the homeserver when left out. */
  readonly rooms?: readonly RoomId[];
  /** Back to this time by the homeserver's clock; to what the last look covered when left out. */
  readonly since?: Millis;
}

export interface GapSweep {
  /**
   * Looks once and resolves when what is missing is on record. One look at a time: a call waits for the one under way.
   * Looks of the whole homeserver that wait at the same time are made as one. It never throws for what the homeserver
   * does; `complete` says whether all of it could be asked.
   */
  sweep(by: GapLook, options?: SweepOptions): Promise<GapSummary>;
  /** The newest look of the whole homeserver since the start that ended; undefined before the first one. */
  last(): GapSummary | undefined;
}
