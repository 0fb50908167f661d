/**
 * What a feature does inside the writer's transaction. All of it is a pure function of the entry and of what the
 * projections held before it: never of the path by which the entry came, the clock or the config of the moment.
 */
import type { Draft, Entry, Where } from '../core/entry.ts';
import type { ContactId, EventId, Lane, Millis, Position } from '../core/ids.ts';
import type { LeftOut } from '../core/retention-entries.ts';
import type { Reading, Writing } from '../storage/database.ts';
import type { Dialect } from '../storage/dialect.ts';
import type { Sealer } from '../storage/sealer.ts';

/**
 * Fills in what the projections know of a draft (a room's portal, line and contact, the direction, the class) before it is
 * sealed. Of where it belongs, it is given what the parts before it filled in.
 */
export type Placing = (
  draft: Draft,
  /** The position that the entry gets: what it makes (a contact, a portal) is named after it. */
  position: Position,
  reading: Reading,
  sealer: Sealer,
) => Promise<Placed>;

export interface Placed extends Where {
  /** The entry that this event shows. Counts only when its sender is ours and that entry belongs in that room. */
  readonly echoOf?: Position;
}

export interface TaskDraft {
  /** `<position>/<kind>` is the task's id: at most one task of a kind follows from an entry. */
  readonly kind: string;
  readonly lane: Lane;
}

export interface Projection {
  readonly name: string;
  /** The tables it owns: emptied before a rebuild, and compared by `rebuild --check`. */
  readonly tables: readonly string[];
  /** `create table` statements, in order, idempotent; portable types through `types`. */
  schema(dialect: Dialect): readonly string[];
  /** Reads and writes only its own tables, and reads those of projections before it in the list. */
  apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void>;
  /**
   * `entry` is being erased: what its tables hold of persons that only it brought goes too. Called in the transaction of
   * the `retention.erased` that names it, after that entry was applied; absent where the tables hold ids alone.
   */
  forget?(entry: Entry, writing: Writing, left: Left): Promise<void>;
  /**
   * Tables whose rows live longer than the record that made them: as long as any record names their contact, portal or
   * room, or (`record`) until another record replaces them, where they say nothing of persons. `column` has that value,
   * or that record's position. A rebuild takes a row over from what was there once the record that made it is erased.
   */
  readonly carried?: readonly Carried[];
  /** What it keeps of a record goes with what that record is `of`: a rebuild passes over what speaks of an erased one. */
  readonly goesWithItsMessage?: true;
}

export type Carried = Readonly<{
  table: string;
  column: string;
  of: Named | 'record';
  /** Of rows that records replace: the columns that tell one from another. */
  key?: readonly string[];
}>;

/** What records name in clear, and a table may be kept by. */
export type Named = 'contact' | 'portal' | 'room';

/** What is left on record once the records of an erasure are gone. */
export interface Left {
  readonly sealer: Sealer;
  /** Whether any record that is not erased names this. `actor` is a user id. */
  names(what: Named | 'actor', value: string): Promise<boolean>;
  /** The newest records of a contact that are not erased, opened: at most 50. */
  newestOf(contact: ContactId): Promise<readonly Entry[]>;
}

/** The tasks that follow from an entry; runs after all projections have seen it. */
export interface Planner {
  readonly name: string;
  /** Names of the projections it reads: while one is stale, its tasks are written as `waiting: stale`. */
  readonly reads: readonly string[];
  plan(entry: Entry, reading: Reading, sealer: Sealer): Promise<readonly TaskDraft[]>;
}

/** The record as the transaction that erases sees it: what belongs together is looked at together. */
export interface ErasingView {
  readonly reading: Reading;
  readonly sealer: Sealer;
  /** Opens these; what is erased, or isn't there, is left out. */
  open(positions: readonly Position[]): Promise<readonly Entry[]>;
  /** The records of this Matrix event, oldest first. */
  ofEvent(event: EventId): Promise<readonly Position[]>;
  readonly now: Millis;
}

/**
 * Asked in the very transaction that erases: which of these must stay now, whatever was known when they were chosen (a
 * hold placed meanwhile, a task that is open). What it names is left out, and the entry says so.
 */
export type Erasing = (entries: readonly Entry[], view: ErasingView) => Promise<readonly LeftOut[]>;

/** The part of a feature that runs in the writer thread; each feature's `projections.ts` exports one. */
export interface WriterPart {
  readonly placing?: Placing;
  readonly erasing?: Erasing;
  readonly projections: readonly Projection[];
  readonly planners: readonly Planner[];
}
