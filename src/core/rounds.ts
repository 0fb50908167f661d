/** Something that is done again and again, with a wait before each time, and never twice at once. */
import type { Clock } from './clock.ts';

export interface RoundsOptions {
  readonly clock: Pick<Clock, 'after'>;
  /** From the end of one round to the beginning of the next, and before the first. */
  readonly everyMs: number;
  readonly round: () => Promise<unknown>;
  /** Told of a round that threw; the next one comes all the same. */
  readonly failed: (error: unknown) => void;
}

export class Rounds implements AsyncDisposable {
  readonly #options: RoundsOptions;
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Call it once. */
  start(): void {
    const { clock, everyMs } = this.#options;
    this.#cancel = clock.after(everyMs, () => {
      this.#running = this.#roundAndGoOn();
    });
  }

  /** No round begins any more; one that is under way ends first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#cancel();
    await this.#running;
  }

  async #roundAndGoOn(): Promise<void> {
    const { round, failed } = this.#options;
    try {
      await round();
    } catch (error) {
      failed(error);
    }
    if (!this.#ended) this.start();
  }
}
