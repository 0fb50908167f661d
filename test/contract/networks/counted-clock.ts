/** The computer's clock, which counts what it was asked for. */
import { systemClock, type Clock } from '../../../src/core/clock.ts';

export interface CountedClock extends Clock {
  /** Timers that have neither fired nor been cancelled. */
  readonly timers: number;
}

export function countedClock(): CountedClock {
  let timers = 0;
  return {
    get timers() {
      return timers;
    },
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic(),
    after: (ms, callback) => {
      timers += 1;
      let open = true;
      const close = (): void => {
        if (open) timers -= 1;
        open = false;
      };
      const cancel = systemClock.after(ms, () => {
        close();
        callback();
      });
      return () => {
        close();
        cancel();
      };
    },
  };
}
