/** Whether the clock can be believed by what can't be undone: a clock set ahead makes everything old at once. */
import type { TrustedTime } from '../../core/ports/trusted-time.ts';
import type { Views } from '../../journal/journal.ts';
import { clockConfirmed } from './run-store.ts';

/** A smaller jump is how clocks are kept right. */
const HOUR_MS = 3_600_000;
/** A confirmed jump may have been followed by corrections of seconds. */
const SAME_MS = 60_000;

export interface ClockCheckDeps {
  readonly journal: { readonly views: Views };
  readonly time: TrustedTime & { look(): Promise<unknown> };
}

/** @throws JournalDown */
export async function isClockRefused(deps: ClockCheckDeps): Promise<boolean> {
  return (await suspectBy(deps)) !== undefined;
}

/** By how many milliseconds the clock was set, where it is more than an hour and no officer said that it is right. */
export async function suspectBy({ journal, time }: ClockCheckDeps): Promise<number | undefined> {
  await time.look();
  const suspect = time.suspect();
  if (suspect === undefined || Math.abs(suspect.byMs) <= HOUR_MS) return undefined;
  const confirmed = await journal.views.read(clockConfirmed);
  const isSame = confirmed !== undefined && Math.abs(confirmed.byMs - suspect.byMs) <= SAME_MS;
  return isSame ? undefined : suspect.byMs;
}
