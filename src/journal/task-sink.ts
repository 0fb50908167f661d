/** What the journal needs of the task table: to write, in the entry's own transaction, the work that follows from it. */
import type { Lane, Position, TaskId } from '../core/ids.ts';
import type { Settlement } from '../core/ports/recorder.ts';
import type { Reading, Writing } from '../storage/database.ts';
import type { Dialect } from '../storage/dialect.ts';

/** The columns of a task that follow from its entry alone and never change. */
export interface PlannedTask {
  readonly id: TaskId;
  readonly lane: Lane;
  readonly kind: string;
  readonly position: Position;
}

export interface NewTask extends PlannedTask {
  /** `waiting` with reason `stale` until a rebuild; `dead` with reason `unplanned` when its planner threw. */
  readonly state: 'ready' | 'waiting' | 'dead';
  readonly reason?: string;
}

export interface TaskSink {
  /** Idempotent `create table` and `create index` statements, in order. */
  schema(dialect: Dialect): readonly string[];
  insert(task: NewTask, writing: Writing): Promise<void>;
  /** Resolves with the task's lane when the settlement left or made a task of it ready, or freed the lane. */
  settle(settlement: Settlement, writing: Writing): Promise<Lane | undefined>;
  /** The immutable columns of all tasks of the entries `from` to `to`, by position and kind: a rebuild compares them. */
  planned(range: { readonly from: Position; readonly to: Position }, reading: Reading): Promise<readonly PlannedTask[]>;
  /** A rebuild found that this task belongs in another lane: its planner had read a stale projection. */
  moveLane(task: PlannedTask, writing: Writing): Promise<void>;
  /** After a rebuild: every task `waiting` for reason `stale` becomes `ready`. Resolves with their lanes, each once. */
  releaseStale(writing: Writing): Promise<readonly Lane[]>;
}
