/** So many at a time, and no queue: who finds no place is turned away and comes again. */
export class Places {
  #free: number;

  constructor(most: number) {
    this.#free = most;
  }

  /** Gives the place back when called, once; undefined when all are taken. */
  take(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    let taken = true;
    return () => {
      if (taken) this.#free += 1;
      taken = false;
    };
  }
}
