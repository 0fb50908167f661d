/** Something done again and again, by chance sooner or later. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from './seeded-random.ts';

export interface Pace {
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
}

/** Every so many seconds on average, until `signal`. */
export async function steadily(seconds: number, act: () => Promise<void> | void, { random, signal }: Pace) {
  const next = (): Promise<boolean> =>
    pause(random.between(0.2, 1.8) * seconds * 1_000, true, { signal }).catch(() => false);
  while (await next()) await act();
}
