/** Jitter for waits, so that many peers don't come back at one moment. */
import { randomInt } from 'node:crypto';

/** From 0 to 1, evenly. */
export function chance(): number {
  return randomInt(1_000_001) / 1_000_000;
}
