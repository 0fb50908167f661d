/**
 * A clock that tests turn by hand: timers fire only inside `advance`, in the order in which they are due. `jump` sets the
 * wall clock alone, as an administrator or NTP does.
 */
import type { Clock } from '../../src/core/clock.ts';
import { must, parseMillis, type Millis } from '../../src/core/ids.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  /** By how much the wall clock was set. */
  #jumped = 0;
  readonly #timers = new Set<Timer>();

  constructor(start = 1_700_000_000_000) {
    this.#now = start;
  }

  now(): Millis {
    return must(parseMillis(this.#now + this.#jumped));
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, order: (this.#order += 1), callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The earliest timer's time, if there is one. */
  get nextAt(): number | undefined {
    const at = this.#next(Infinity)?.at;
    return at === undefined ? undefined : at + this.#jumped;
  }

  /** By how much the wall clock was set, all together. */
  get setBy(): number {
    return this.#jumped;
  }

  /** Sets the wall clock forward or back; no time passes. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
    }
    this.#now = until;
  }

  #next(until: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= until);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}
