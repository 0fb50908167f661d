/** How a connector lets what is under way finish before its deadline. */
import { wait, type Clock } from '../core/clock.ts';

export interface Ending {
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Resolves once nothing is under way. */
  readonly ended: Promise<unknown>;
  /** Ends whatever still waits for an answer. */
  readonly cut: () => void;
  /** Of the deadline: how long answers are waited for, and then how long the end of what was cut off is. */
  readonly parts: readonly [answers: number, rest: number];
}

/** Returns before the deadline, with no timer left. */
export async function endWithin({ clock, deadlineMs, ended, cut, parts: [answers, rest] }: Ending): Promise<void> {
  const over = new AbortController();
  const done = ended.finally(() => {
    over.abort();
  });
  await Promise.race([done, wait(clock, deadlineMs * answers, over.signal)]);
  cut();
  await Promise.race([done, wait(clock, deadlineMs * rest, over.signal)]);
}
