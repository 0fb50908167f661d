/** Classes in words that an officer and a salesperson understand. */
import type { KeptClass, Period } from '../../core/retention-entries.ts';

const DAY_MS = 86_400_000;
const UNITS = [
  [DAY_MS, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

/** `6 years`, `30 days`, `1 year and 2 days`; `0 days` for none. */
export function periodWords({ years = 0, ms = 0 }: Period): string {
  const parts = [...(years === 0 ? [] : [many(years, 'year')]), ...(ms === 0 ? [] : [clockWords(ms)])];
  return parts.length === 0 ? '0 days' : parts.join(' and ');
}

function clockWords(ms: number): string {
  const unit = UNITS.find(([length]) => ms % length === 0);
  return unit === undefined ? many(ms, 'millisecond') : many(ms / unit[0], unit[1]);
}

function many(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** `at least 6 years, then let go`. */
export function keptWords({ keep, erase }: Pick<KeptClass, 'keep' | 'erase'>): string {
  if (erase === undefined) return `at least ${periodWords(keep)}, then until somebody decides`;
  const [kept, gone] = [periodWords(keep), periodWords(erase)];
  if (isNone(erase)) return 'let go in the next run';
  return kept === gone ? `${kept}, then let go` : `at least ${kept}, let go after ${gone}`;
}

/** `us-finra-6y: 6 years, then let go (FINRA Rule 4511(b); 17 CFR 240.17a-4)` */
export function classWords(kept: KeptClass): string {
  return `${kept.id}: ${keptWords(kept)} (${kept.authority})`;
}

function isNone({ years = 0, ms = 0 }: Period): boolean {
  return years === 0 && ms === 0;
}
