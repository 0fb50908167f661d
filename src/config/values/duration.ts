/** Lengths of time as people write them: `30m`, `4h`, `30d`. */
import { z } from 'zod';
import { say } from '../problem.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** Milliseconds; undefined when `text` is no length of time. A year is 365 days, as in Synapse. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d|w|y)$/u.exec(text.trim());
  const unit = units[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Milliseconds of a text such as `30m`. */
export const duration = z
  .string()
  .describe('a length of time: a number and ms, s, m, h, d, w or y')
  .transform((text, ctx) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    ctx.addIssue({
      code: 'custom',
      message: say(`"${text}" is not a length of time`, 'write a number and a unit, for example 30s, 30m, 4h or 30d'),
    });
    return z.NEVER;
  });
