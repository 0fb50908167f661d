/** What a task runner is made of. */
import type { Clock } from '../core/clock.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { Journal } from '../journal/journal.ts';
import type { TaskHandlers } from './task.ts';
import type { TurnNotes } from './turn-notes.ts';

export interface RunnerOptions {
  readonly journal: Pick<Journal, 'append' | 'read' | 'size' | 'onCommitted' | 'views'>;
  readonly handlers: TaskHandlers;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Lanes that run at the same time. */
  readonly parallel: number;
  /** Numbers in [0, 1), for the jitter. */
  readonly random: () => number;
  /** Turns that take longer are logged and no longer count against `parallel`. Default: one minute. */
  readonly slowMs?: number;
  /** Whose turns run, for the next start; closed by the runner. Default: nobody is blamed for the death of a process. */
  readonly notes?: TurnNotes;
}
