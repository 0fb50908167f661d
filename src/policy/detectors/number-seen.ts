/** A number as it stands in a text: its digits, how they are grouped, and what stands beside it in its run. */
import type { DigitRun, Span, Trick } from '../normalised.ts';

export interface NumberSeen {
  readonly span: Span;
  readonly digits: string;
  /** As it stands in the folded text. */
  readonly text: string;
  /** How many digits each group has: 4, 4, 4, 4. */
  readonly groups: readonly number[];
  /** How many groups there are. */
  readonly pieces: number;
  readonly separators: readonly string[];
  /** What is before it in its run, and what after: '' at the ends of the run. */
  readonly left: string;
  readonly right: string;
  readonly run: DigitRun;
}

/** How it was hidden, where it was. */
export function tricksOf({ written }: DigitRun): { readonly tricks?: readonly Trick[] } {
  if (written === 'spaced' || written === 'assembled') return { tricks: ['spaced-out'] };
  if (written === 'spelled') return { tricks: ['leet'] };
  return written === 'disguised' ? { tricks: ['look-alike'] } : {};
}
