/** The time that one question has, over all its redirects, until the last byte of its answer. */
import type { Clock } from '../../core/clock.ts';

export class Deadline {
  /** Aborted when the time is over or the asker lost interest; its reason is in words. */
  readonly signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #cancel: () => void;
  readonly #asker: AbortSignal | undefined;

  constructor(clock: Clock, ms: number, asker?: AbortSignal) {
    this.signal = this.#stop.signal;
    this.#asker = asker;
    this.#cancel = clock.after(ms, () => {
      this.#stop.abort(`no whole answer within ${Math.round(ms / 1_000)} s`);
    });
    if (asker?.aborted === true) this.#lost();
    asker?.addEventListener('abort', this.#lost);
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#cancel();
    this.#asker?.removeEventListener('abort', this.#lost);
  }

  readonly #lost = (): void => {
    this.#stop.abort('stopped');
  };
}
