/** A time in a connector's part of the config: `500ms`, `30s`, `10m`, `1h`. */
import { z } from 'zod';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Read as milliseconds. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}(ms|s|m|h)$/u, 'write a time as 500ms, 30s, 10m or 1h')
  .transform((text) => Number.parseInt(text, 10) * (units[text.replace(/^\d+/u, '')] ?? 1));
