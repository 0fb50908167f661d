/** How long something is kept, as people write it: `7y` are calendar years, `90d` days of 24 hours. */
import { z } from 'zod';
import { LONGEST_MS, LONGEST_YEARS } from '../../core/period.ts';
import type { Period } from '../../core/retention-entries.ts';
import { say } from '../problem.ts';
import { parseDuration } from './duration.ts';

const YEARS = /^(\d{1,9})y$/u;

/** Undefined when `text` is no length of time, or longer than any record is kept. */
export function parsePeriod(text: string): Period | undefined {
  const [, years] = YEARS.exec(text.trim()) ?? [];
  if (years !== undefined) return Number(years) <= LONGEST_YEARS ? { years: Number(years) } : undefined;
  const ms = parseDuration(text);
  return ms !== undefined && ms <= LONGEST_MS ? { ms } : undefined;
}

export const period = z
  .string()
  .describe('a length of time: a number and y (calendar years), w, d, h, m, s or ms')
  .transform((text, ctx) => {
    const parsed = parsePeriod(text);
    if (parsed !== undefined) return parsed;
    const fix = `write for example 7y (calendar years) or 90d; at most ${String(LONGEST_YEARS)}y`;
    ctx.addIssue({ code: 'custom', message: say(`"${text.slice(0, 80)}" is not a length of time`, fix) });
    return z.NEVER;
  });
