/**
 * Notices that this process stood still: it was stopped, or its machine was paused. What is read from a connection right
 * afterwards has waited there, and may hold repeats of texts whose first copies waited beside them.
 */
import type { Clock } from '../../core/clock.ts';

const BEAT_MS = 1_000;
/** Longer than a busy machine lets a timer wait. */
const STILL_MS = 4_000;
/** By then everything that had waited has been read. */
const JUST_MS = 1_000;

export class Standstill {
  readonly #clock: Clock;
  #beat = 0;
  #ended = -Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    this.stop();
    this.#beat = this.#clock.monotonic();
    this.#later();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Whether it stood still for more than 4 s until a moment ago, as far as known since `start`. */
  justEnded(): boolean {
    if (this.#cancel === undefined) return false;
    this.#look();
    return this.#clock.monotonic() - this.#ended <= JUST_MS;
  }

  #later(): void {
    this.#cancel = this.#clock.after(BEAT_MS, () => {
      this.#look();
      this.#later();
    });
  }

  #look(): void {
    const now = this.#clock.monotonic();
    if (now - this.#beat > BEAT_MS + STILL_MS) this.#ended = now;
    this.#beat = now;
  }
}
