/**
 * Work in pieces, with a rest after each as long as the piece took: the loop that looks through the record takes messages
 * too, and whoever erases holds up whoever appends.
 */
import { wait, type Clock } from '../../core/clock.ts';

/** Whoever waited had their turn by then. */
const LONGEST_REST_MS = 25;

export class Pace {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves with what `piece` resolves with, and how long that took, once it has rested. */
  async turn<T>(piece: () => Promise<T>): Promise<{ readonly done: T; readonly ms: number }> {
    const began = this.#clock.monotonic();
    const done = await piece();
    const ms = this.#clock.monotonic() - began;
    await wait(this.#clock, Math.min(ms, LONGEST_REST_MS));
    return { done, ms };
  }

  /** `among` in pieces of `size`, in their order: all that `work` finds. */
  async over<A, B>(
    among: readonly A[],
    size: number,
    work: (piece: readonly A[]) => Promise<readonly B[]>,
  ): Promise<readonly B[]> {
    const found: B[] = [];
    for (let at = 0; at < among.length; at += size) {
      found.push(...(await this.turn(() => work(among.slice(at, at + size)))).done);
    }
    return found;
  }
}
