/** Times as an officer reads them, in the desk's zone: `Fri 16:02`, `Fri 2 Oct 16:02`, `2 Oct 2025 16:02`. */
import { DateTime } from 'luxon';
import type { Millis } from '../../core/ids.ts';

const DAY = 86_400_000;

export function shownTime(at: Millis, timezone: string, now: Millis): string {
  const time = DateTime.fromMillis(at, { zone: timezone, locale: 'en' });
  const today = DateTime.fromMillis(now, { zone: timezone });
  const days = Math.floor((today.startOf('day').toMillis() - time.startOf('day').toMillis()) / DAY + 0.5);
  if (days >= 0 && days < 6) return time.toFormat('ccc HH:mm');
  return time.year === today.year ? time.toFormat('ccc d LLL HH:mm') : time.toFormat('d LLL yyyy HH:mm');
}

/** `10:14` of today, else as `shownTime`. */
export function clockTime(at: Millis, timezone: string, now: Millis): string {
  const time = DateTime.fromMillis(at, { zone: timezone, locale: 'en' });
  const today = DateTime.fromMillis(now, { zone: timezone });
  return time.hasSame(today, 'day') ? time.toFormat('HH:mm') : shownTime(at, timezone, now);
}

/** With seconds and zone, for a record in full. */
export function fullTime(at: Millis, timezone: string): string {
  return DateTime.fromMillis(at, { zone: timezone, locale: 'en' }).toFormat('ccc d LLL yyyy HH:mm:ss ZZZZ');
}

/** 47,903 */
export function grouped(n: number): string {
  return n.toLocaleString('en-US');
}
