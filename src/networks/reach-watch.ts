/** Whether a provider that is asked over HTTP can be asked, and takes our login: at the start, by the clock, after a send that failed. */
import { wait } from '../core/clock.ts';
import type { ConnectorContext, ConnectorState } from '../core/ports/connector.ts';
import { FetchFailed } from '../core/ports/safe-fetch.ts';

const CONNECTED_MS = 5 * 60_000;
const REJECTED_MS = 5 * 60_000;
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Not our login, not allowed, no such account. */
const REJECTED = new Set([401, 403, 404]);

export interface Reached {
  /** As people call it. */
  readonly provider: string;
  /** Asks what the connector may ask anyway. @returns the HTTP status, or what it means; @throws FetchFailed */
  readonly ask: () => Promise<number | ConnectorState>;
  /** Each time that it was reached. */
  readonly reached: () => Promise<void>;
}

export class ReachWatch {
  readonly #ctx: Pick<ConnectorContext, 'clock' | 'state'>;
  readonly #given: Reached;
  readonly #stopping = new AbortController();
  #pause = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #againMs = FIRST_MS;

  constructor(ctx: Pick<ConnectorContext, 'clock' | 'state'>, given: Reached) {
    this.#ctx = ctx;
    this.#given = given;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** What a send has just found; the provider is asked soon. */
  found(state: ConnectorState): void {
    if (this.#stopping.signal.aborted) return;
    this.#ctx.state(state);
    if (state.name !== 'bad-credentials') this.#pause.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#pause = new AbortController();
      const state = await this.#look();
      if (!this.#isStopped()) await this.#tell(state);
      await wait(this.#ctx.clock, this.#pauseMs(state), AbortSignal.any([this.#pause.signal, this.#stopping.signal]));
    }
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #tell(state: ConnectorState): Promise<void> {
    this.#ctx.state(state);
    if (state.name === 'connected') await this.#given.reached();
  }

  #pauseMs({ name }: ConnectorState): number {
    const again = this.#againMs;
    this.#againMs = name === 'connected' ? FIRST_MS : Math.min(LONGEST_MS, again * 2);
    if (name === 'connected') return CONNECTED_MS;
    return name === 'bad-credentials' ? REJECTED_MS : again;
  }

  async #look(): Promise<ConnectorState> {
    const { provider, ask } = this.#given;
    try {
      const status = await ask();
      if (typeof status !== 'number') return status;
      const detail = `${provider} answers ${String(status)}`;
      if (status >= 200 && status <= 299) return { name: 'connected' };
      return { name: REJECTED.has(status) ? 'bad-credentials' : 'connecting', detail };
    } catch (error) {
      return { name: 'connecting', detail: error instanceof FetchFailed ? error.detail : 'failed inside' };
    }
  }
}
