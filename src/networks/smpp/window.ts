/** At most so many submits unanswered at a time; who waits gets a place in the order of asking. */
export class Window {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(size: number) {
    this.#free = size;
  }

  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else {
      const place = Promise.withResolvers<undefined>();
      this.#waiting.push(() => {
        place.resolve(undefined);
      });
      await place.promise;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
