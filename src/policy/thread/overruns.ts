/** Contents that ended a thread again and again: they are not tried a fourth time, so that nobody can keep the gate shut. */
import type { Clock } from '../../core/clock.ts';

/** Contents that are remembered. */
export const OVERRUNS_MAX = 1_000;
const BARRED_FROM = 3;
const BARRED_MS = 10 * 60_000;

export class Overruns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** The one that ended a thread longest ago comes first. */
  readonly #byContent = new Map<string, { readonly times: number; readonly at: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @returns whether it is barred from now on */
  note(content: string): boolean {
    const times = (this.#fresh(content)?.times ?? 0) + 1;
    this.#byContent.delete(content);
    this.#byContent.set(content, { times, at: this.#clock.monotonic() });
    const [oldest] = this.#byContent.keys();
    if (this.#byContent.size > OVERRUNS_MAX && oldest !== undefined) this.#byContent.delete(oldest);
    return times >= BARRED_FROM;
  }

  /** Three times, the last one less than ten minutes ago. */
  isBarred(content: string): boolean {
    return (this.#fresh(content)?.times ?? 0) >= BARRED_FROM;
  }

  #fresh(content: string): { readonly times: number } | undefined {
    const noted = this.#byContent.get(content);
    if (noted === undefined || this.#clock.monotonic() - noted.at < BARRED_MS) return noted;
    this.#byContent.delete(content);
    return undefined;
  }
}
