/** Days and times as an officer writes them, in the desk's zone. */
import { DateTime } from 'luxon';
import type { QueryContext } from './query.ts';

/** Milliseconds since 1970; `to` is not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const UNITS = { d: 'days', w: 'weeks', m: 'months', y: 'years' } as const;
const FORMS: readonly { readonly form: string; readonly lasts: 'year' | 'month' | 'day' | 'minute' }[] = [
  { form: 'yyyy', lasts: 'year' },
  { form: 'yyyy-MM', lasts: 'month' },
  { form: 'yyyy-MM-dd', lasts: 'day' },
  { form: "yyyy-MM-dd'T'HH:mm", lasts: 'minute' },
];

/** How a date may be written, for error messages. */
export const DATE_FORMS = 'Write 2026-03-09, 2026-03, 2026, 2026-03-09T14:30, today, yesterday or 7d';

/** `2026`, `2026-03`, `2026-03-09`, `2026-03-09T14:30`, `today`, `yesterday`, `7d 2w 3m 1y` ago; undefined for others. */
export function spanOf(text: string, { timezone, now }: QueryContext): Span | undefined {
  const today = DateTime.fromMillis(now, { zone: timezone }).startOf('day');
  const word = text.toLowerCase();
  if (word === 'today') return spanFrom(today, 'day');
  if (word === 'yesterday') return spanFrom(today.minus({ days: 1 }), 'day');
  const ago = /^(?<count>\d{1,4})(?<unit>[dwmy])$/u.exec(word)?.groups;
  if (ago !== undefined) return spanFrom(today.minus({ [unitOf(ago['unit'])]: Number(ago['count']) }), 'day');
  for (const { form, lasts } of FORMS) {
    const date = DateTime.fromFormat(text.toUpperCase(), form, { zone: timezone });
    if (date.isValid) return spanFrom(date, lasts);
  }
  return undefined;
}

function unitOf(letter: string | undefined): (typeof UNITS)[keyof typeof UNITS] {
  if (letter === 'w' || letter === 'm' || letter === 'y') return UNITS[letter];
  return UNITS.d;
}

function spanFrom(start: DateTime, lasts: 'year' | 'month' | 'day' | 'minute'): Span | undefined {
  const from = start.toMillis();
  const to = start.plus({ [lasts]: 1 }).toMillis();
  return Number.isFinite(from) && Number.isFinite(to) ? { from, to } : undefined;
}
