/** Files are uploaded a few at a time, so that each comes through in its time; the others in the order of their asking. */
const uploadsMax = 2;

export class Uploads {
  #free = uploadsMax;
  /** As many as messages are under way. */
  readonly #waiting: (() => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
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
