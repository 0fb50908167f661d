/**
 * What waits to be recorded, while the disk is slow: bounded by callers and by bytes, so that a journal that stalls for
 * minutes fills the peers' queues and not our memory. Who is turned away comes again.
 */
import type { Draft } from '../../core/entry.ts';
import { JournalDown } from '../../core/ports/recorder.ts';

export interface BacklogLimits {
  readonly callers: number;
  readonly bytes: number;
}

export const backlogLimits: BacklogLimits = { callers: 10_000, bytes: 128 * 1024 * 1024 };

/** Beside its raw bytes a draft has a body of about the same size, and some names. */
const DRAFT_BYTES = 512;

export class Backlog {
  readonly #limits: BacklogLimits;
  #callers = 0;
  #bytes = 0;

  constructor(limits: BacklogLimits = backlogLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Counts a caller in. One that alone exceeds the limit is taken when nobody else waits, or it never would be.
   * @returns what to call when it has been recorded or refused
   * @throws JournalDown when too much waits
   */
  enter(drafts: readonly Draft[]): () => void {
    const bytes = drafts.reduce((sum, draft) => sum + sizeOf(draft), 0);
    const tooMuch = this.#callers >= this.#limits.callers || this.#bytes + bytes > this.#limits.bytes;
    if (tooMuch && this.#callers > 0) throw new JournalDown('the journal is behind: too much waits to be recorded');
    this.#callers += 1;
    this.#bytes += bytes;
    return () => {
      this.#callers -= 1;
      this.#bytes -= bytes;
    };
  }
}

function sizeOf({ raw }: Draft): number {
  return DRAFT_BYTES + 2 * (raw?.length ?? 0);
}
