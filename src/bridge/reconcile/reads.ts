/** Reads of the homeserver at a bounded rate: it is asked again when it asks us to wait or is briefly away. */
import { wait, type Clock } from '../../core/clock.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** `refused`: this one thing can't be read. `no-answer`: nothing can. `stopped`: we were told to end. */
export type Unread = 'refused' | 'no-answer' | 'stopped';

const TRIES = 5;
const AGAIN_MS = 1_000;
const WAIT_MOST_MS = 60_000;

export interface ReadsOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** From the beginning of one read to that of the next, at least. */
  readonly apartMs: number;
}

export class Reads {
  readonly #options: ReadsOptions;
  #next = 0;

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  async read<T>(ask: () => Done<T>): Promise<Result<T, Unread>> {
    const { clock, signal } = this.#options;
    for (let tries = 1; ; tries += 1) {
      await this.#turn();
      if (signal.aborted) return err('stopped');
      const answer = await ask();
      if (answer.ok) return ok(answer.value);
      const againMs = waitAfter(answer.error);
      if (againMs === undefined) return err('refused');
      if (tries === TRIES) return err('no-answer');
      await wait(clock, againMs, signal);
    }
  }

  /** Waits until the next read may begin. */
  async #turn(): Promise<void> {
    const { clock, signal, apartMs } = this.#options;
    const ms = this.#next - clock.monotonic();
    this.#next = Math.max(this.#next, clock.monotonic()) + apartMs;
    if (ms > 0) await wait(clock, ms, signal);
  }
}

/** Milliseconds; undefined where asking again won't help. */
function waitAfter(failure: Extract<Awaited<Done<unknown>>, { ok: false }>['error']): number | undefined {
  switch (failure.kind) {
    case 'rate-limited':
      return Math.min(failure.afterMs, WAIT_MOST_MS);
    case 'down':
    case 'unclear':
      return AGAIN_MS;
    case 'forbidden':
    case 'not-found':
    case 'too-large':
    case 'refused':
      return undefined;
  }
}
