/** The homeserver's time between its answers: what it said last, and the time that passed since by a clock that nobody sets. */
import type { Clock } from '../../core/clock.ts';

export class HomeserverClock {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  #aheadOfMonotonic: number | undefined;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
  }

  /** The `Date` of an answer that came just now; one that can't be read changes nothing. */
  said(date: string | undefined): void {
    const at = Date.parse(date ?? '');
    if (!Number.isNaN(at)) this.#aheadOfMonotonic = at - this.#clock.monotonic();
  }

  /** Milliseconds since 1970; our own time until the homeserver has said what time it is. */
  now(): number {
    if (this.#aheadOfMonotonic === undefined) return this.#clock.now();
    return this.#clock.monotonic() + this.#aheadOfMonotonic;
  }
}
