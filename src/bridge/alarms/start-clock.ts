/**
 * A clock that was set while nobody watched: at the start our clock is compared with the homeserver's, and that with how
 * far the two were apart by the record. A day ahead looks like a day of absence otherwise, and all that staff write like
 * something that came late. Which of the two clocks was set nobody can tell; it is on record as ours.
 */
import { wait, type Clock } from '../../core/clock.ts';
import { JUMP_MS } from '../../core/clock-watch.ts';
import type { Millis } from '../../core/ids.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';

const AGAIN_MS = 1_000;
const MOST_AGAIN_MS = 30_000;
/** A homeserver that brings events and answers nothing holds nobody up for longer. */
export const unknownMs = 20_000;
/** The homeserver tells whole seconds, rounded down. */
const HALF_A_SECOND = 500;

export interface StartClockOptions {
  /** The homeserver's time; undefined where it doesn't tell. */
  readonly ask: () => Done<Millis | undefined>;
  /** By how much our clock should be ahead by the record, in milliseconds; undefined where the record can't tell. */
  readonly expected: () => Promise<number | undefined>;
  /** Our clock was set by so much since the record's last entries. */
  readonly found: (byMs: number) => void;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}

export class StartClock implements AsyncDisposable {
  readonly #options: StartClockOptions;
  readonly #ending = new AbortController();
  readonly #over = Promise.withResolvers<undefined>();
  #known = false;
  #comparing: Promise<void> | undefined;

  constructor(options: StartClockOptions) {
    this.#options = options;
  }

  start(): void {
    this.#comparing ??= this.#compare();
  }

  /** Resolves when the clocks were compared, or that took too long. */
  async known(): Promise<void> {
    if (this.#known || this.#comparing === undefined) return;
    const enough = new AbortController();
    const cancel = this.#options.clock.after(unknownMs, () => {
      enough.abort();
    });
    await unlessAborted(this.#over.promise, enough.signal);
    cancel();
    this.#known = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#over.resolve(undefined);
    await this.#comparing;
  }

  async #compare(): Promise<void> {
    const { signal } = this.#ending;
    for (let ms = AGAIN_MS; !signal.aborted; ms = Math.min(ms * 2, MOST_AGAIN_MS)) {
      if (await this.#tried()) break;
      await wait(this.#options.clock, ms, signal);
    }
    this.#known = true;
    this.#over.resolve(undefined);
  }

  async #tried(): Promise<boolean> {
    try {
      return await this.#once();
    } catch (error) {
      // The journal could not be read or written just now.
      this.#options.failed(error);
      return false;
    }
  }

  /** True when there is nothing more to ask. */
  async #once(): Promise<boolean> {
    const { ask, expected, found, clock } = this.#options;
    const asked = clock.monotonic();
    const theirs = await unlessAborted(ask(), this.#ending.signal);
    if (theirs?.ok !== true) return false;
    if (theirs.value === undefined) return true;
    const took = clock.monotonic() - asked;
    const aheadMs = clock.now() - took / 2 - (theirs.value + HALF_A_SECOND);
    const byRecord = await expected();
    const byMs = Math.round(aheadMs - (byRecord ?? aheadMs));
    if (Math.abs(byMs) > JUMP_MS) found(byMs);
    return true;
  }
}
