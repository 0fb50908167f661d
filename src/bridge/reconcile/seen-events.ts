/** Events of one room that were read from the homeserver, as one side of a comparison. */
import type { SeenEvent } from '../../journal/received-sources.ts';
import type { Side, Span } from './difference.ts';
import { tallyOf, type Tally } from './tally.ts';

export class SeenEvents implements Side {
  readonly #sorted: readonly SeenEvent[];

  constructor(events: readonly SeenEvent[]) {
    this.#sorted = events.toSorted((a, b) => a.at - b.at);
  }

  tally(span: Span): Promise<Tally> {
    return Promise.resolve(tallyOf(this.#within(span)));
  }

  keys(span: Span): Promise<readonly Uint8Array[]> {
    return Promise.resolve(this.#within(span));
  }

  #within(span: Span): readonly Uint8Array[] {
    return this.#sorted.slice(this.#indexOf(span.from), this.#indexOf(span.to)).map((event) => event.key);
  }

  /** Of the first event that is not before `at`. */
  #indexOf(at: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#sorted[middle]?.at ?? Infinity) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
