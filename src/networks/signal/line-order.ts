/** One after the other for a line, side by side for different ones. */
import type { Address } from '../../core/ids.ts';

export class LineOrder {
  readonly #tails = new Map<Address, Promise<void>>();

  async run<T>(line: Address, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(line);
    const turn = Promise.withResolvers<undefined>();
    this.#tails.set(line, turn.promise);
    try {
      if (before !== undefined) await before;
      return await work();
    } finally {
      turn.resolve(undefined);
      if (this.#tails.get(line) === turn.promise) this.#tails.delete(line);
    }
  }
}
