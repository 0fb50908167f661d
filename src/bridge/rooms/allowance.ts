/** So many acts an hour for each key: what another program provokes again and again must not become a flood of ours. */
import type { Clock } from '../../core/clock.ts';
import { Recent } from '../recent.ts';

const HOUR_MS = 3_600_000;
const MOST_KEYS = 5_000;

interface Used {
  readonly since: number;
  readonly count: number;
}

export class Allowance {
  readonly #perHour: number;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #used = new Recent<string, Used>(MOST_KEYS);

  constructor(perHour: number, clock: Pick<Clock, 'monotonic'>) {
    this.#perHour = perHour;
    this.#clock = clock;
  }

  /** How often `key` acted in this hour, this time included; undefined when it may not any more. */
  take(key: string): number | undefined {
    const now = this.#clock.monotonic();
    const used = this.#used.get(key);
    const fresh = used === undefined || now - used.since >= HOUR_MS;
    const next = fresh ? { since: now, count: 1 } : { since: used.since, count: used.count + 1 };
    if (next.count > this.#perHour) return undefined;
    this.#used.set(key, next);
    return next.count;
  }
}
