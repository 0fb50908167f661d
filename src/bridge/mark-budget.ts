/** Marks and notices of all portals share a few events a second, so that they never crowd out the messages. */
import { wait, type Clock } from '../core/clock.ts';

export class MarkBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  constructor(clock: Clock, perSecond = 5) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAt = clock.monotonic();
  }

  /** Takes `events` from the budget, or answers in how many milliseconds there may be as many. */
  take(events: number): { readonly ok: true } | { readonly ok: false; readonly afterMs: number } {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#tokens >= events) {
      this.#tokens -= events;
      return { ok: true };
    }
    return { ok: false, afterMs: Math.ceil(((events - this.#tokens) / this.#perSecond) * 1000) };
  }

  /** Resolves when one event may be sent. */
  async wait(): Promise<void> {
    for (let taken = this.take(1); !taken.ok; taken = this.take(1)) await wait(this.#clock, taken.afterMs);
  }
}
