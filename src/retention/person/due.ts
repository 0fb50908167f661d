/**
 * By when a person has to have an answer: one month from the receipt of the request (Regulation (EU) 2016/679, Article
 * 12(3)), ending with the day of the same date, or the month's last (Regulation (EEC, Euratom) No 1182/71, Article 3). That
 * a weekend would put the end off is left out: who answers by Friday is in time.
 */
import { DateTime } from 'luxon';
import { must, parseMillis, type Millis } from '../../core/ids.ts';

/** The last moment of the day, in `zone` (IANA), on which the month that began at `asked` ends. */
export function dueBy(asked: Millis, zone: string): Millis {
  const end = DateTime.fromMillis(asked, { zone }).plus({ months: 1 }).endOf('day');
  return must(parseMillis(end.toMillis()));
}
