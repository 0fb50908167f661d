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

  constructor(options: CommitterOptions) {
    this.#options = options;
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
    const { recorder, signal, clock } = this.#options;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        await recorder.append(drafts, also);
        this.#isUp();
        return true;
      } catch (error) {
        if (!(error instanceof JournalDown)) throw error;
        this.#isDown(error);
      }
      await wait(clock, waitMs, signal);
      if (signal.aborted) return false;
    }
  }

  #isDown(error: JournalDown): void {
    if (!this.#down) this.#options.log.error('task.journal-down', {}, error);
    this.#down = true;
  }

  #isUp(): void {
    if (!this.#down) return;
    this.#down = false;
    this.#options.log.info('task.journal-up');
    this.#options.recovered();
  }
}
