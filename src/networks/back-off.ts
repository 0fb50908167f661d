/**
 * How long to wait before the next try, in milliseconds: anything up to a ceiling that doubles with each loss ("full
 * jitter", AWS Architecture Blog, "Exponential Backoff And Jitter"), so that many peers don't come back at one moment.
 */
import { chance } from './chance.ts';

export interface BackOff {
  /** The ceiling before any loss. */
  readonly first: number;
  /** The ceiling however many. */
  readonly most: number;
}

/** `losses`: so many in a row since all was well. At least a tenth of `first`. */
export function backOff({ first, most }: BackOff, losses: number): number {
  const ceiling = Math.min(most, first * 2 ** Math.min(losses, 16));
  return Math.round(Math.max(first / 10, ceiling * chance()));
}
