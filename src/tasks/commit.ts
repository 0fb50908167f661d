/**
 * Puts on record what a turn did, for as long as it takes: the action has happened and must never be done again only
 * because the disk was full when its outcome was to be written.
 */
import { wait, type Clock } from '../core/clock.ts';
import type { Draft } from '../core/entry.ts';
import type { Log } from '../core/ports/log.ts';
import { JournalDown, type Also, type Recorder } from '../core/ports/recorder.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;

export interface CommitterOptions {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when waiting must end: what is not on record by then is done or asked about again after the next start. */
  readonly signal: AbortSignal;
  /** The journal can be written again. */
  readonly recovered: () => void;
}

export class Committer {
  readonly #options: CommitterOptions;
  #down = false;
  /** That it is down was told, and nothing went on record since. */
  #told = false;
  #waiting = 0;
  /** Ends of turns that were refused and are tried again. */
  #ends = 0;
  /** Aborted when what waits for the journal need not wait any longer. */
  #again = new AbortController();

  constructor(options: CommitterOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => {
      this.#again.abort();
    });
  }

  /** While the journal can't be written no new turn may begin. */
  get isDown(): boolean {
    return this.#down;
  }

  /**
   * True when it is on record; false when waiting was ended.
   * @throws what `append` throws for drafts that can never be recorded.
   */
  async commit(drafts: readonly Draft[], also: Also): Promise<boolean> {
    let tries = 0;
    try {
      for (;;) {
        const refusal = await this.#append(drafts, also);
        if (refusal === undefined) return true;
        if (tries === 0) this.#ends += 1;
        await this.#pause(refusal, tries);
        tries += 1;
        if (this.#options.signal.aborted) return false;
      }
    } finally {
      if (tries > 0) this.#ends -= 1;
    }
  }

  async #append(drafts: readonly Draft[], also: Also): Promise<JournalDown | undefined> {
    try {
      await this.#options.recorder.append(drafts, also);
      this.isUp();
      return undefined;
    } catch (error) {
      if (error instanceof JournalDown) return error;
      throw error;
    }
  }

  /**
   * Waits after the journal refused something in the middle of a turn: longer with each try (250 ms to 15 s), no longer
   * than until something is on record again, and for as long as the end of another turn is tried again: that one finds
   * out, so the turn need not be played to find out. False when waiting was ended.
   */
  async outlast(refusal: JournalDown, tries: number): Promise<boolean> {
    do await this.#pause(refusal, tries);
    while (this.#ends > 0 && this.#told && !this.#options.signal.aborted);
    return !this.#options.signal.aborted;
  }

  async #pause(refusal: JournalDown, tries: number): Promise<void> {
    const { signal, clock } = this.#options;
    this.#isDown(refusal);
    if (signal.aborted) return;
    this.#waiting += 1;
    await wait(clock, Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS), this.#again.signal);
    this.#waiting -= 1;
  }

  /** A turn ended without asking the journal for anything. If it was the last that would have, others must try. */
  isUnsure(): void {
    if (!this.#down || this.#waiting > 0) return;
    this.#down = false;
    this.#options.recovered();
  }

  /** Somebody's entries went on record. */
  isUp(): void {
    if (!this.#told) return;
    this.#told = false;
    this.#down = false;
    this.#options.log.info('task.journal-up');
    const waited = this.#again;
    this.#again = new AbortController();
    waited.abort();
    this.#options.recovered();
  }

  #isDown(error: JournalDown): void {
    this.#down = true;
    if (this.#told) return;
    this.#told = true;
    this.#options.log.error('task.journal-down', {}, error);
  }
}
