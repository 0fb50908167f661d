/** A task: one durable piece of work that follows from an entry (DESIGN 6). */
import type { Draft, Entry, ErasedEntry } from '../core/entry.ts';
import type { FailureKind } from '../core/failures.ts';
import type { GateId, Lane, Millis, Position, TaskId } from '../core/ids.ts';
import type { KvChange, Settlement } from '../core/ports/recorder.ts';

/** `waiting` needs a person or a rebuild (`stale`); `dead` is visible and can be retried by a person. */
export type TaskState = 'ready' | 'waiting' | 'done' | 'dead';

export interface Task {
  readonly id: TaskId;
  readonly lane: Lane;
  readonly kind: string;
  readonly position: Position;
  readonly state: TaskState;
  /** Turns that ended in `retry` since the task was made, or since a person asked for it again. */
  readonly attempts: number;
  readonly notBefore: Millis;
  readonly reason?: string;
  /** When the retry of its first failure was due; absent while it has not failed. */
  readonly failingSince?: Millis;
}

/** How a handler's turn ends; `entries` and the task's new state are one commit. */
export type Turn =
  | {
      readonly to: 'done';
      readonly entries?: readonly Draft[];
      readonly kv?: readonly KvChange[];
      readonly settle?: readonly Settlement[];
    }
  | { readonly to: 'dead'; readonly reason: FailureKind; readonly entries?: readonly Draft[] }
  /** Again after a back-off with jitter; dead once the failure's row allows no more. */
  | {
      readonly to: 'retry';
      readonly reason: FailureKind;
      readonly afterMs?: number;
      readonly entries?: readonly Draft[];
    }
  /** Closes the gate: the lane waits without timer or attempt until the gate opens, then goes on with this task. */
  | {
      readonly to: 'gate';
      readonly gate: GateId;
      readonly reason: FailureKind;
      readonly afterMs?: number;
      readonly detail?: string;
      readonly entries?: readonly Draft[];
    }
  /** Steps aside without place, timer or attempt until `until` ends, then goes on with this task. In memory only. */
  | { readonly to: 'aside'; readonly until: Promise<void>; readonly entries?: readonly Draft[] };

export interface TurnContext {
  readonly signal: AbortSignal;
  /**
   * True when an earlier turn of this task may have acted without its outcome being recorded: the task stood first in
   * its lane when this process started, or an earlier turn threw. Then look before acting again.
   */
  readonly mayRepeat: boolean;
  /**
   * Whether the gate is closed for this turn. Ask before an attempt is recorded and answer with a `gate` turn when it
   * is: then ten thousand lanes behind a provider that is down make no ten thousand attempts. False for the one lane
   * that probes whether the gate can open. Absent outside a runner.
   */
  readonly closed?: (gate: GateId) => boolean;
  /** Why a closed gate is closed: what whoever waits is told. Absent outside a runner. */
  readonly why?: (gate: GateId) => FailureKind | undefined;
}

/** One for each kind of task. It may be called again after a crash at any of its lines. */
export type TaskHandler = (task: Task, entry: Entry | ErasedEntry, context: TurnContext) => Promise<Turn>;

/**
 * What else goes on record when a task ends dead, in the same commit: the entries from which somebody is told.
 * It acts on nothing itself, so that a crash can't lose the telling.
 */
export type DeadHandler = (task: Task, entry: Entry | ErasedEntry, reason: FailureKind) => Promise<readonly Draft[]>;

/** What a feature brings for one kind of task. */
export interface TaskKind {
  readonly run: TaskHandler;
  readonly dead?: DeadHandler;
  /** It stands first in its lane for hours before it has anything to do, so it is not told as being under way. */
  readonly patient?: true;
}
export type TaskHandlers = ReadonlyMap<string, TaskKind>;
