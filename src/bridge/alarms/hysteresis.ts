/** When a finding becomes an alarm, and when the alarm is over: true at two looks in a row, false for a while. */
import type { Judged } from './rules.ts';

export interface Standing {
  readonly open: boolean;
  /** Looks in a row that found it so, while it is not open. */
  readonly looks: number;
  /** Since when it has been over, while it is open; on the clock that never goes back. */
  readonly overSince?: number;
}

export const atRest: Standing = { open: false, looks: 0 };
/** An alarm that an earlier process raised. */
export const standing: Standing = { open: true, looks: 0 };

const LOOKS = 2;

export interface Step {
  readonly next: Standing;
  readonly change?: 'raised' | 'cleared';
}

export function step(before: Standing, is: Judged, at: { readonly monotonic: number; readonly clearMs: number }): Step {
  // Neither in a row nor gone for a while: what can't be seen breaks both.
  if (is === 'unclear') return { next: before.open ? standing : atRest };
  return before.open ? whileOpen(before, is, at) : whileAtRest(before, is);
}

function whileAtRest(before: Standing, is: 'so' | 'over'): Step {
  if (is === 'over') return { next: atRest };
  const looks = before.looks + 1;
  return looks < LOOKS ? { next: { open: false, looks } } : { next: standing, change: 'raised' };
}

function whileOpen(
  before: Standing,
  is: 'so' | 'over',
  at: { readonly monotonic: number; readonly clearMs: number },
): Step {
  if (is === 'so') return { next: standing };
  const overSince = before.overSince ?? at.monotonic;
  const isOver = at.monotonic - overSince >= at.clearMs;
  return isOver ? { next: atRest, change: 'cleared' } : { next: { ...standing, overSince } };
}
