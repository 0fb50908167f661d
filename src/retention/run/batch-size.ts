/**
 * How many records one `retention.erased` names. The writer takes them out in one transaction, for which everybody waits:
 * while messages come it takes no longer than a message may wait; while nobody comes, fewer and larger ones serve better.
 */

/** Least, at the beginning, and most: a commit has its price, however little is in it. */
const FEWEST = 5;
const FIRST = 8;
const MOST = 25;
/** That a message may be held up, in milliseconds. */
const HELD_UP_MS = 12;

export class BatchSize {
  #size = FIRST;

  get size(): number {
    return this.#size;
  }

  /** After a batch that took so long, and whether others recorded anything meanwhile. */
  took(ms: number, othersCame: boolean): void {
    if (!othersCame) this.#size = Math.min(MOST, this.#size * 2);
    else if (ms > HELD_UP_MS) this.#size = Math.max(FEWEST, Math.floor((this.#size * HELD_UP_MS) / ms));
    else this.#size = Math.min(MOST, this.#size + 1);
  }
}
