/**
 * Whether the wall clock can be believed. What can't be undone (deletion by age) asks this first and refuses while the
 * clock is suspect: a clock that was set a year ahead must not make a year's records old.
 */
import type { Millis } from '../ids.ts';

export interface SuspectClock {
  /** How far the clock stands from where it would without its jumps; negative when it was set back. */
  readonly byMs: number;
  /** When the first of these jumps was noticed, by the clock after it. */
  readonly since: Millis;
}

export interface TrustedTime {
  /** Undefined while the clock can be believed. A clock that jumped is suspect until its jumps have undone each other. */
  suspect(): SuspectClock | undefined;
}
