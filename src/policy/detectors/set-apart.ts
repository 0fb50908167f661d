/**
 * Whether a number in groups begins and ends where it seems to, though more digits stand beside it: two cards in two
 * lines, the hour or a sum before a card. In a column of figures nothing of this holds.
 */
import type { DigitRun, Normalised } from '../normalised.ts';
import { ties } from './neighbours.ts';
import type { NumberSeen } from './number-seen.ts';

export interface Beside {
  /** The digits before the number in its run, and those behind it. */
  readonly before: string;
  readonly behind: string;
  /** Something parts them from it: a break of line, or a group of another length. */
  readonly partedBefore: boolean;
  readonly partedBehind: boolean;
}

/** What stands beside a number in its run of digits. */
export function besideOf(number: NumberSeen, plain: Normalised): Beside {
  const { run, groups } = number;
  const first = run.places.findIndex(({ start }) => start === number.span.start);
  const next = first + number.digits.length;
  return {
    before: run.digits.slice(0, first),
    behind: run.digits.slice(next),
    partedBefore:
      first === 0 || isParted(number, { plain, at: first, own: groups[0], other: lengthTo(run, first - 1) }),
    partedBehind:
      next >= run.digits.length ||
      isParted(number, { plain, at: next, own: groups.at(-1), other: lengthFrom(run, next) }),
  };
}

interface Gap {
  readonly plain: Normalised;
  /** The digit behind it. */
  readonly at: number;
  readonly own: number | undefined;
  /** How long the group on its other side is. */
  readonly other: number;
}

function isParted({ run, span }: NumberSeen, { plain, at, own, other }: Gap): boolean {
  const from = run.places[at - 1]?.end ?? 0;
  const to = run.places[at]?.start ?? 0;
  if (hasBreak(plain, from, to)) return !hasBreak(plain, span.start, span.end);
  return own !== other && !ties(plain.folded.slice(from, to));
}

/** In the folded text a break of line is a space like any other. */
function hasBreak({ original, at }: Normalised, from: number, to: number): boolean {
  return /[\r\n]/u.test(at === undefined ? original.slice(from, to) : original.slice(at[from], at[to]));
}

/** Of the group that ends with this digit. */
function lengthTo({ places }: DigitRun, last: number): number {
  let first = last;
  while (first > 0 && places[first - 1]?.end === places[first]?.start) first -= 1;
  return last - first + 1;
}

/** Of the group that begins with this digit. */
function lengthFrom({ places }: DigitRun, first: number): number {
  let last = first;
  while (last + 1 < places.length && places[last]?.end === places[last + 1]?.start) last += 1;
  return last - first + 1;
}
