/**
 * Puts on record what came, again and again until it is there: a component's server never gives a stanza twice, so a
 * commit that failed is made up for here, while the stream's reading waits.
 */
import { wait } from '../../core/clock.ts';
import type { ConnectorContext, KvEdit, NetworkEvent, OutboundUpdate } from '../../core/ports/connector.ts';

const firstMs = 100;
const mostMs = 5_000;

export class Recorder {
  readonly #ctx: ConnectorContext;
  readonly #stopping = new AbortController();

  constructor(ctx: ConnectorContext) {
    this.#ctx = ctx;
  }

  /** No further attempts from now on. */
  stop(): void {
    this.#stopping.abort();
  }

  /** @returns whether it is on record; false only when stopping. */
  event(event: NetworkEvent, kv: readonly KvEdit[] = []): Promise<boolean> {
    return this.#until((again) => {
      // The commit that seemed to fail may have been made.
      const given = again && !event.sure ? { ...event, mayRepeat: true } : event;
      return this.#ctx.ingest(given, kv);
    });
  }

  update(update: OutboundUpdate): Promise<boolean> {
    return this.#until(() => this.#ctx.outcome(update));
  }

  async #until(commit: (again: boolean) => Promise<void>): Promise<boolean> {
    for (let pause = firstMs; ; pause = Math.min(pause * 2, mostMs)) {
      try {
        await commit(pause > firstMs);
        return true;
      } catch (error) {
        this.#ctx.log.warn('xmpp.not-recorded', { error: error instanceof Error ? error.name : 'unknown' });
      }
      if (this.#stopping.signal.aborted) return false;
      await wait(this.#ctx.clock, pause, this.#stopping.signal);
    }
  }
}
