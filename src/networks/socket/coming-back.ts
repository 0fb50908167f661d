/**
 * A connection that is made again after every loss, with a back-off of full jitter. Whoever refuses our account is not
 * asked again fast: peers lock out who insists.
 */
import { wait, type Clock } from '../../core/clock.ts';
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { Result } from '../../core/result.ts';
import { backOff, type BackOff } from '../back-off.ts';
import type { Opened } from './open-socket.ts';

/** How one connection ended; `detail` in words for the health page. */
export type Ending =
  /** `wasUp`: it was of use before. */
  | { readonly why: 'lost'; readonly detail: string; readonly wasUp: boolean }
  /** The peer would not have us: it says after how long it is asked again. */
  | {
      readonly why: 'bad-credentials' | 'already-bound' | 'conflict';
      readonly detail: string;
      readonly pauseMs: number;
    };

export interface ComingBackOptions {
  readonly clock: Clock;
  readonly reconnect: BackOff;
  /** The next connection. Rejects never; an error in words when there is none. */
  readonly open: (signal: AbortSignal) => Promise<Result<Opened, string>>;
  /** Resolves when the connection is over, also because of us. */
  readonly use: (opened: Opened) => Promise<Ending>;
  readonly state: (state: ConnectorState) => void;
  /** For the log. */
  readonly lost: (loss: { readonly why: Ending['why']; readonly retryInMs: number }) => void;
}

export class ComingBack {
  readonly #options: ComingBackOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** In a row, since it was of use. */
  #losses = 0;

  constructor(options: ComingBackOptions) {
    this.#options = options;
  }

  isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Returns when it has begun to connect, not when it is connected. */
  start(): void {
    this.#running = this.#run();
  }

  /** No connection is made from now on; the one that stands is its user's to end. */
  halt(): void {
    this.#stopping.abort();
  }

  /** Resolves when the last connection is over. */
  ended(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    const { clock, state, lost } = this.#options;
    // Later attempts go on from what was told of the one before.
    if (!this.isStopping()) state({ name: 'connecting' });
    while (!this.isStopping()) {
      const ending = await this.#once();
      if (this.isStopping()) return;
      const retryInMs = this.#pauseAfter(ending);
      state({ name: ending.why === 'bad-credentials' ? ending.why : 'connecting', detail: ending.detail });
      lost({ why: ending.why, retryInMs });
      await wait(clock, retryInMs, this.#stopping.signal);
    }
  }

  async #once(): Promise<Ending> {
    const { open, use } = this.#options;
    const opened = await open(this.#stopping.signal);
    if (!opened.ok) return { why: 'lost', detail: opened.error, wasUp: false };
    if (!this.isStopping()) return use(opened.value);
    opened.value.socket.destroy();
    return { why: 'lost', detail: 'stopping', wasUp: false };
  }

  #pauseAfter(ending: Ending): number {
    if (ending.why !== 'lost') return ending.pauseMs;
    this.#losses = ending.wasUp ? 0 : this.#losses + 1;
    return backOff(this.#options.reconnect, this.#losses);
  }
}
