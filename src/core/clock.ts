/** Time comes from a clock that is handed in, never from the language: retention is about time, and tests set it. */
import { must, parseMillis, type Millis } from './ids.ts';

export interface Clock {
  /** Wall-clock time. It may jump. */
  now(): Millis;
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  monotonic(): number;
  /** Calls back once after `ms`; the returned function cancels it. The timer does not keep the process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** Resolves after `ms` on `clock`, or at once when `signal` is aborted. */
export function wait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}

/** The computer's clock: the only place that asks it. */
export const systemClock: Clock = {
  now: () => must(parseMillis(Date.now())),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, 2_147_483_647));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
