/** When a line is open: `Mon-Fri 09:00-17:30, Sat 10:00-14:00`. */
import { z } from 'zod';
import { say } from '../problem.ts';

export interface ClockSpan {
  /** 1 Monday to 7 Sunday (ISO 8601). */
  readonly days: readonly number[];
  /** Minutes after midnight, at most 1440. */
  readonly from: number;
  readonly to: number;
}
/** `to` is later than `from`. */
export type OpenSpan = ClockSpan;

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const SPAN = /^([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})$/u;

/** Undefined when a span can't be read, ends before it begins, or is not on the clock. */
export function parseOpeningHours(text: string): readonly OpenSpan[] | undefined {
  const spans = text
    .toLowerCase()
    .split(/\s*[,;]\s*/u)
    .map(span);
  return spans.every((one) => one !== undefined) ? spans : undefined;
}

function span(text: string): OpenSpan | undefined {
  const one = parseClockSpan(text);
  return one === undefined || one.from > one.to ? undefined : one;
}

/** `Mon-Fri 18:00-08:00`: where `from` is later than `to` it runs over midnight. Undefined when it can't be read or is empty. */
export function parseClockSpan(text: string): ClockSpan | undefined {
  const match = SPAN.exec(text.trim().toLowerCase().replace(/\s+/gu, ' '));
  if (match === null) return undefined;
  const days = daysBetween(names.indexOf(match[1] ?? ''), names.indexOf(match[2] ?? match[1] ?? ''));
  const from = minutes(match[3], match[4]);
  const to = minutes(match[5], match[6]);
  if (days === undefined || from === undefined || to === undefined || from === to) return undefined;
  return { days, from, to };
}

/** Runs over the weekend where it must: Sat-Mon is Saturday, Sunday, Monday. */
function daysBetween(first: number, last: number): readonly number[] | undefined {
  if (first < 0 || last < 0) return undefined;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => ((first + i) % 7) + 1);
}

function minutes(hour: string | undefined, minute: string | undefined): number | undefined {
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= 1440 ? total : undefined;
}

export const openingHours = z.string().transform((text, ctx) => {
  const spans = parseOpeningHours(text);
  if (spans !== undefined) return spans;
  const fix = 'write days and hours, for example: Mon-Fri 09:00-17:30, Sat 10:00-14:00';
  ctx.addIssue({ code: 'custom', message: say(`"${text}" are not opening hours`, fix) });
  return z.NEVER;
});
