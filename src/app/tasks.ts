/** Who plays the tasks of every part. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createTaskRunner, type TaskRunner } from '../tasks/runner.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { openTurnNotes } from '../tasks/turn-notes.ts';
import type { AppSetting } from './setting.ts';

/** Lanes that run at the same time: more than Synapse takes in parallel helps nobody. */
const PARALLEL = 16;
const RANDOM_STEPS = 2 ** 32;

/** `handlers` of all parts; no two of them name the same kind. */
export function runnerOf(
  { config, journal, clock, log, metrics }: Pick<AppSetting, 'config' | 'journal' | 'clock' | 'log' | 'metrics'>,
  handlers: readonly TaskHandlers[],
): TaskRunner {
  return createTaskRunner({
    ...{ journal, clock, log, metrics },
    handlers: new Map(handlers.flatMap((part) => [...part])),
    parallel: PARALLEL,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
    notes: openTurnNotes(join(config.data.dir, 'turns')),
  });
}
