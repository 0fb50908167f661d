/** Looks at the clock every few seconds, and puts on record when it was set: what depends on time can then be explained. */
import { ClockWatch, type ClockBefore, type ClockJump } from '../../core/clock-watch.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SuspectClock, TrustedTime } from '../../core/ports/trusted-time.ts';
import { Rounds } from '../../core/rounds.ts';
import type { Journal } from '../../journal/journal.ts';
import { clockJumpedDraft } from './alarm-drafts.ts';

const LOOK_MS = 5_000;

export interface ClockKeeperOptions {
  readonly journal: Pick<Journal, 'append' | 'size'>;
  readonly clock: Clock;
  readonly log: Log;
  /** What the record says of the time before this process. */
  readonly before: ClockBefore;
  /** Told at once, before it is on record. */
  readonly jumped: () => void;
}

export class ClockKeeper implements TrustedTime, AsyncDisposable {
  readonly #options: ClockKeeperOptions;
  readonly #watch: ClockWatch;
  /** A jump that could not be put on record yet; later ones are added to it. */
  #unrecorded: ClockJump | undefined;
  readonly #looks: Rounds;
  #turn: Promise<undefined> = Promise.resolve(undefined);

  constructor(options: ClockKeeperOptions) {
    const { clock, before, log } = options;
    this.#options = options;
    this.#watch = new ClockWatch(clock, before);
    this.#looks = new Rounds({
      ...{ clock, everyMs: LOOK_MS, round: () => this.look() },
      // It goes on record as soon as that can be written.
      failed: (error) => {
        log.error('clock.unrecordable', {}, error);
      },
    });
  }

  start(): void {
    this.#looks.start();
  }

  suspect(): SuspectClock | undefined {
    return this.#watch.suspect();
  }

  sinceJumpMs(): number | undefined {
    return this.#watch.sinceJumpMs();
  }

  /** The clock was set by so much before this process: the next look puts it on record. */
  found(byMs: number): void {
    this.#note(this.#watch.found(byMs));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#looks[Symbol.asyncDispose]();
  }

  /**
   * One look, after those under way; true when the clock was set since the one before.
   * @throws JournalDown; the jump is put on record by a later look.
   */
  async look(): Promise<boolean> {
    const before = this.#turn;
    const turn = Promise.withResolvers<undefined>();
    this.#turn = turn.promise;
    await before;
    try {
      return await this.#look();
    } finally {
      turn.resolve(undefined);
    }
  }

  async #look(): Promise<boolean> {
    const { journal } = this.#options;
    const jump = this.#watch.look();
    if (jump !== undefined) this.#note(jump);
    const pending = this.#unrecorded;
    if (pending === undefined) return false;
    await journal.append([clockJumpedDraft(pending, await journal.size())]);
    // What was noted while it was written waits for the next look.
    const since = (this.#unrecorded?.byMs ?? 0) - pending.byMs;
    this.#unrecorded = since === 0 ? undefined : { at: pending.at, byMs: since };
    return true;
  }

  #note(jump: ClockJump): void {
    this.#options.log.warn('clock.jumped', { byMs: jump.byMs });
    this.#options.jumped();
    this.#unrecorded = { at: jump.at, byMs: jump.byMs + (this.#unrecorded?.byMs ?? 0) };
  }
}
