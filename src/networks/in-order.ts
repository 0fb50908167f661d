/** Calls of a provider, in the order in which they came. */
export class InOrder {
  #reading: Promise<unknown> = Promise.resolve();

  /**
   * Each is read, and asked to be recorded, after the one before it; who calls waits for its own record alone.
   * @throws what `read` or `record` throws
   */
  async take<T>(read: () => Promise<T>, record: (taken: T) => Promise<void>): Promise<void> {
    const begun = this.#reading.then(async () => {
      const taken = await read();
      return { recorded: record(taken) };
    });
    this.#reading = begun.catch(() => undefined);
    const { recorded } = await begun;
    await recorded;
  }
}
