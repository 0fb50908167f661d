/** Our own bytes on their way to somebody else: what is wrong with them is no failure of whoever takes them. */

export class OwnBytes {
  /** Why they could not be read to their end. */
  failed: Error | undefined;
  readonly #open: () => AsyncIterable<Uint8Array>;

  constructor(open: () => AsyncIterable<Uint8Array>) {
    this.#open = open;
  }

  async *pieces(): AsyncGenerator<Uint8Array, undefined> {
    const source = this.#open()[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#next(source);
        if (next.done === true) return undefined;
        yield next.value;
      }
    } finally {
      await source.return?.();
    }
  }

  async #next(source: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    try {
      return await source.next();
    } catch (error) {
      this.failed = error instanceof Error ? error : new Error('the bytes broke off', { cause: error });
      throw error;
    }
  }
}
