/** Lengths of time as the law counts them: years by the calendar (UTC), the rest by the clock. */
import { must, parseMillis, type Millis } from './ids.ts';
import type { Period } from './retention-entries.ts';

/** No period is longer: an end stays a time that every calendar knows. */
export const LONGEST_YEARS = 1_000;
export const LONGEST_MS = LONGEST_YEARS * 365 * 86_400_000;

/** The end of a period that begins at `start`. A year from 29 February ends on 1 March. */
export function endOf(start: Millis, { years = 0, ms = 0 }: Period): Millis {
  return must(parseMillis(plusYears(start, years) + ms));
}

/** What begins later than this ends after `end`; 0 where nothing that began could have ended by then. */
export function latestStart(end: Millis, { years = 0, ms = 0 }: Period): Millis {
  return must(parseMillis(Math.max(0, plusYears(end - ms, -years))));
}

/** Whether `long` ends no earlier than `short`, whenever they begin. */
export function coversAlways(long: Period, short: Period): boolean {
  const [longYears, shortYears] = [long.years ?? 0, short.years ?? 0];
  const [longMs, shortMs] = [long.ms ?? 0, short.ms ?? 0];
  if (longYears === shortYears) return longMs >= shortMs;
  return longYears > shortYears
    ? shortestDays(longYears - shortYears) * DAY_MS + longMs >= shortMs
    : longMs >= longestDays(shortYears - longYears) * DAY_MS + shortMs;
}

const DAY_MS = 86_400_000;

/** Of any `years` years in a row; a year that ends a century mostly has no leap day. */
function shortestDays(years: number): number {
  return years * 365 + Math.max(0, Math.floor(years / 4) - Math.ceil(years / 100));
}

function longestDays(years: number): number {
  return years * 365 + Math.ceil(years / 4);
}

function plusYears(time: number, years: number): number {
  if (years === 0) return time;
  const date = new Date(time);
  return date.setUTCFullYear(date.getUTCFullYear() + years);
}
