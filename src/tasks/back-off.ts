/** When a failed task is tried again, and when it is given up: pure, from the task and its failure's row alone. */
import { failures, type FailureKind } from '../core/failures.ts';
import { after, type Millis } from '../core/ids.ts';
import type { Task } from './task.ts';

const FIRST_MS = 1000;
const CAP_MS = 60_000;
/**
 * No task is put off for longer than this, whatever its peer asks for. So one that is said to be due later was put off
 * before the clock was set back, and is due.
 */
export const LONGEST_MS = 15 * 60_000;
/** A process that was down for an hour has tried nothing: time alone never ends a task. */
const LEAST_ATTEMPTS = 5;
/** How long a failure that a gate would wait out is tried when it concerns one message only. */
const DAY_MS = 86_400_000;

/** How long a task may go on failing for `reason`, in milliseconds. */
export function allowedMs(reason: FailureKind): number {
  const { retry } = failures[reason];
  switch (retry.how) {
    case 'never':
      return 0;
    case 'gate':
      return DAY_MS;
    case 'backoff':
      return retry.forMs;
  }
}

/**
 * The time before which a task that fails at `now` is not tried again, or undefined when its failure's row allows no
 * more. Full jitter (a uniform share of 1 s, 2 s, 4 s, ... 60 s), so that lanes that failed together do not come back
 * together; never sooner than `afterMs`, which is what the peer asked for, up to `LONGEST_MS`. A clock that was set ahead
 * ends no task before its time: no more than the attempts themselves can have taken is believed to have passed.
 * @param random a number in [0, 1)
 */
export function nextTry(
  task: Pick<Task, 'attempts' | 'failingSince'>,
  failure: { readonly reason: FailureKind; readonly afterMs?: number; readonly now: Millis; readonly random: number },
): Millis | undefined {
  const allowed = allowedMs(failure.reason);
  const afterMs = Math.min(failure.afterMs ?? 0, LONGEST_MS);
  const passed = failure.now - (task.failingSince ?? failure.now);
  const failedFor = Math.min(passed, task.attempts * Math.max(CAP_MS, afterMs));
  if (allowed === 0 || (failedFor >= allowed && task.attempts >= LEAST_ATTEMPTS)) return undefined;
  const jitter = failure.random * Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(task.attempts, 16));
  return after(failure.now, Math.max(jitter, afterMs));
}

/** Whether a task's back-off is over. */
export function isDue({ notBefore }: Pick<Task, 'notBefore'>, now: Millis): boolean {
  return notBefore <= now || notBefore > now + LONGEST_MS;
}
