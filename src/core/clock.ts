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

/** Milliseconds that are left of `ms` from `since` on; none where `since` lies ahead, for the clock was set back since. */
export function leftOf(ms: number, since: Millis, clock: Pick<Clock, 'now'>): number {
  const passed = clock.now() - since;
  return passed < 0 ? 0 : Math.max(0, ms - passed);
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
