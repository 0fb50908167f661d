/** `Retry-After` of an HTTP answer: seconds, or a date (RFC 9110, 10.2.3 and 5.6.7). */
import type { Millis } from '../core/ids.ts';

/** A peer that asks for more is asked again after a day all the same. */
const longestMs = 86_400_000;
/** IMF-fixdate, the obsolete form of RFC 850, and that of asctime. */
const dates: readonly RegExp[] = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u,
  /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/u,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/u,
];

/**
 * In how many milliseconds the peer wants to be asked again, at most a day; undefined for a header that says nothing
 * that can be understood.
 */
export function retryAfterMs(header: string | undefined, now: Millis): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,10}$/u.test(value)) return Math.min(Number(value) * 1_000, longestMs);
  if (!dates.some((form) => form.test(value))) return undefined;
  // The asctime form names no zone; all three mean UTC.
  const at = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), longestMs);
}
