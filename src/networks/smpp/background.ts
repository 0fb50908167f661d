/** Work that nobody waits for at the moment it begins: it is counted, its failure is logged, and stopping waits for it. */
import type { Log } from '../../core/ports/log.ts';

export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get size(): number {
    return this.#running.size;
  }

  run(name: string, work: () => Promise<void>): void {
    const running = this.#guard(name, work).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #guard(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log.error('smpp.background-failed', { work: name }, error);
    }
  }
}
