/** Sizes as people write them: `64MB`. */
import { z } from 'zod';
import { say } from '../problem.ts';

const units: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Bytes (1 KB = 1024 bytes); undefined when `text` is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,9})\s?(B|KB|MB|GB)$/iu.exec(text.trim());
  const unit = units[(match?.[2] ?? '').toUpperCase()];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Bytes of a text such as `64MB`. */
export const size = z
  .string()
  .describe('a size: a number and B, KB, MB or GB')
  .transform((text, ctx) => {
    const bytes = parseSize(text);
    if (bytes !== undefined) return bytes;
    ctx.addIssue({
      code: 'custom',
      message: say(`"${text}" is not a size`, 'write a number and a unit, such as 64MB'),
    });
    return z.NEVER;
  });
