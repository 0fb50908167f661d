/**
 * Notices when the wall clock is set, or when the computer stood still: it compares the wall clock with the one that
 * never goes back. Pure but for the clock it is given; whoever owns it calls `look` every few seconds.
 */
import type { Clock } from './clock.ts';
import type { Millis } from './ids.ts';
import type { SuspectClock, TrustedTime } from './ports/trusted-time.ts';

/** Less than this is how clocks are kept right (NTP steps at most a second or so), and harms nothing here. */
export const JUMP_MS = 60_000;

export interface ClockJump {
  /** By how much the wall clock moved against the time that passed. */
  readonly byMs: number;
  /** By the clock after the jump. */
  readonly at: Millis;
}

/** What was on record before this process began. */
export interface ClockBefore {
  /** The newest entry's time; undefined when there is none. */
  readonly recordedAt?: Millis;
  /** A jump that was not undone. */
  readonly suspect?: SuspectClock;
}

export class ClockWatch implements TrustedTime {
  readonly #clock: Clock;
  /** Wall clock minus the other one, at the last look. */
  #offset: number;
  #suspect: SuspectClock | undefined;
  #first: ClockJump | undefined;
  #jumpedAt: number | undefined;

  /** A record that is newer than the clock says that the clock was set back while nobody watched. */
  constructor(clock: Clock, before: ClockBefore = {}) {
    this.#clock = clock;
    this.#offset = offsetOf(clock);
    this.#suspect = before.suspect;
    const now = clock.now();
    const ahead = (before.recordedAt ?? now) - now;
    if (ahead > JUMP_MS) this.#first = this.#jumped(-ahead);
  }

  /** The jump since the last look, or since the last process; undefined when there was none. */
  look(): ClockJump | undefined {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) return first;
    const offset = offsetOf(this.#clock);
    const byMs = Math.round(offset - this.#offset);
    this.#offset = offset;
    return Math.abs(byMs) > JUMP_MS ? this.#jumped(byMs) : undefined;
  }

  /** Somebody else's clock says that ours was set by so much before this process. */
  found(byMs: number): ClockJump {
    return this.#jumped(byMs);
  }

  suspect(): SuspectClock | undefined {
    return this.#suspect;
  }

  /** Milliseconds since the last jump that was noticed; undefined when there was none in this process. */
  sinceJumpMs(): number | undefined {
    return this.#jumpedAt === undefined ? undefined : this.#clock.monotonic() - this.#jumpedAt;
  }

  #jumped(byMs: number): ClockJump {
    const at = this.#clock.now();
    this.#jumpedAt = this.#clock.monotonic();
    this.#suspect = afterJump(this.#suspect, { byMs, at });
    return { byMs, at };
  }
}

/** What is suspect after one more jump: jumps that undo each other leave nothing. */
export function afterJump(before: SuspectClock | undefined, jump: ClockJump): SuspectClock | undefined {
  const byMs = (before?.byMs ?? 0) + jump.byMs;
  if (Math.abs(byMs) <= JUMP_MS) return undefined;
  return { byMs, since: before?.since ?? jump.at };
}

function offsetOf(clock: Clock): number {
  return clock.now() - clock.monotonic();
}
