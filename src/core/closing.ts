/**
 * What was opened so far, to be closed in the opposite order: `await using closing = new Closing()` closes it all when
 * the block is left, unless `move` handed it on. The part of AsyncDisposableStack (ES2026) that the house uses; Node 22
 * does not have that one.
 */
export class Closing implements AsyncDisposable {
  #steps: (() => PromiseLike<void>)[] = [];

  /** Closes `resource` in its turn. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#steps.push(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Does `step` in its turn. */
  defer(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Hands everything on; this one closes nothing any more. */
  move(): Closing {
    const next = new Closing();
    next.#steps = this.#steps;
    this.#steps = [];
    return next;
  }

  /** Every step is taken, also after one that failed; the first failure is thrown when all are done. Once only. */
  async [Symbol.asyncDispose](): Promise<void> {
    const steps = this.#steps.toReversed();
    this.#steps = [];
    const failures: unknown[] = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
