/**
 * How fast we submit: at most so many a second, evenly; halved and paused when the carrier says "too fast", and up
 * again a little with each text that it takes.
 */
import { wait, type Clock } from '../../core/clock.ts';

const leastPerSecond = 0.2;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class Pace {
  readonly #clock: Clock;
  readonly #most: number;
  #perSecond: number;
  #nextAt = 0;
  #pauseMs = firstPauseMs;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#most = perSecond;
    this.#perSecond = perSecond;
  }

  /** Texts a second at the moment. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** Resolves when it is this caller's turn, in the order of asking; at once when `signal` is aborted. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1_000 / this.#perSecond;
    if (at > now) await wait(this.#clock, at - now, signal);
  }

  accepted(): void {
    this.#pauseMs = firstPauseMs;
    this.#perSecond = Math.min(this.#most, this.#perSecond + this.#most / 20);
  }

  /** @param jitter from 0 to 1. @returns for how long nothing should be submitted, in ms. */
  throttled(jitter: number): number {
    const pause = Math.round(this.#pauseMs * (0.5 + jitter / 2));
    this.#perSecond = Math.max(leastPerSecond, this.#perSecond / 2);
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
    this.#nextAt = Math.max(this.#nextAt, this.#clock.monotonic() + pause);
    return pause;
  }
}
