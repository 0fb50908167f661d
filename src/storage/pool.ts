/** At most `limit` things of one sort, opened when first needed, lent to one borrower at a time. */
export class Pool<T> {
  readonly #open: () => T;
  readonly #limit: number;
  readonly #all: T[] = [];
  readonly #free: T[] = [];
  readonly #waiting: ((one: T) => void)[] = [];

  constructor(limit: number, open: () => T) {
    this.#limit = limit;
    this.#open = open;
  }

  async lend<R>(work: (one: T) => Promise<R>): Promise<R> {
    const one = await this.#take();
    try {
      return await work(one);
    } finally {
      this.#giveBack(one);
    }
  }

  /** All that were ever opened, so that their owner can close them. */
  get opened(): readonly T[] {
    return this.#all;
  }

  #take(): Promise<T> {
    const free = this.#free.pop();
    if (free !== undefined) return Promise.resolve(free);
    return new Promise((resolve) => {
      if (this.#all.length >= this.#limit) {
        this.#waiting.push(resolve);
        return;
      }
      const fresh = this.#open();
      this.#all.push(fresh);
      resolve(fresh);
    });
  }

  #giveBack(one: T): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(one);
    else next(one);
  }
}
