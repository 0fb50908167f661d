/** What a back-test has counted so far. Pure: each step makes another one. */
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Backtested } from '../../core/policy-entries.ts';
import { parsePosition, type Millis, type Position } from '../../core/ids.ts';

/** Examples of what was flagged. */
const MOST_EXAMPLES = 5;

const count = z.int().nonnegative();
export const tallyShape = z.object({
  ...{ judged: count, flagged: count, erased: count, failed: count, violations: count, falsePositives: count },
  months: z.array(z.object({ month: z.string(), judged: count, flagged: count }).readonly()).readonly(),
  examples: z.array(z.custom<Position>((value) => parsePosition(value).ok)).readonly(),
});
export type Tally = Pick<Backtested, keyof z.infer<typeof tallyShape>>;

/** What people had decided about a message: not sent, or let go. */
export type Decided = 'violation' | 'false-positive';

export const noneYet: Tally = {
  ...{ judged: 0, flagged: 0, erased: 0, failed: 0, violations: 0, falsePositives: 0 },
  months: [],
  examples: [],
};

export interface Looked {
  readonly position: Position;
  readonly at: Millis;
  readonly hit: boolean;
  /** Of a hit, where somebody had decided about that message. */
  readonly decided?: Decided | undefined;
}

export function counted(tally: Tally, { position, at, hit, decided }: Looked): Tally {
  const one = hit ? 1 : 0;
  return {
    ...tally,
    judged: tally.judged + 1,
    flagged: tally.flagged + one,
    violations: tally.violations + (decided === 'violation' ? 1 : 0),
    falsePositives: tally.falsePositives + (decided === 'false-positive' ? 1 : 0),
    months: withMonth(tally.months, DateTime.fromMillis(at, { zone: 'utc' }).toFormat('yyyy-MM'), one),
    examples: hit ? [...tally.examples, position].slice(-MOST_EXAMPLES) : tally.examples,
  };
}

/** Entries come about in the order of time: the month is nearly always the last one. */
function withMonth(months: Tally['months'], month: string, flagged: number): Tally['months'] {
  const known = months.find((one) => one.month === month);
  const rest = months.filter((one) => one !== known);
  const now = { month, judged: (known?.judged ?? 0) + 1, flagged: (known?.flagged ?? 0) + flagged };
  return [...rest, now].toSorted((a, b) => a.month.localeCompare(b.month));
}
