import { consequences, type Consequence } from '../../core/policy-words.ts';

/** The one that goes furthest; `none` of none. */
export function strictest(wanted: readonly Consequence[]): Consequence | 'none' {
  return consequences.findLast((consequence) => wanted.includes(consequence)) ?? 'none';
}
