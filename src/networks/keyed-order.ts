/** Runs work of one key one after the other, and work of different keys side by side. */
export class KeyedOrder<Key extends string = string> {
  readonly #tails = new Map<Key, Promise<void>>();

  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const turn = Promise.withResolvers<undefined>();
    this.#tails.set(key, turn.promise);
    try {
      if (before !== undefined) await before;
      return await work();
    } finally {
      turn.resolve(undefined);
      if (this.#tails.get(key) === turn.promise) this.#tails.delete(key);
    }
  }
}
