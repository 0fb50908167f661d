/** Whether the homeserver answers us, and whether it brings us what is written there. */
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Pushing } from '../../core/ports/pushing.ts';
import type { HomeserverFacts } from './facts.ts';
import type { AlarmLimits } from './limits.ts';

export interface HomeserverSilenceOptions {
  readonly clock: Clock;
  readonly pushing: Pushing;
  readonly log: Log;
  readonly limits: Pick<AlarmLimits, 'quietMs' | 'pingMs'>;
}

export class HomeserverSilence {
  readonly #options: HomeserverSilenceOptions;
  readonly #failing = new Map<string, number>();
  readonly #started: number;
  #pinged = false;
  #pushes: HomeserverFacts['pushes'] = 'unknown';
  /** When something last came on the archive stream. */
  #broughtAt: number | undefined;
  #askedAt: number | undefined;
  #asking = false;

  constructor(options: HomeserverSilenceOptions) {
    this.#options = options;
    this.#started = options.clock.monotonic();
  }

  pinged(service: string, ok: boolean): void {
    this.#pinged = true;
    if (ok) this.#failing.delete(service);
    else if (!this.#failing.has(service)) this.#failing.set(service, this.#options.clock.monotonic());
  }

  /** Something came on the archive stream. */
  brought(): void {
    this.#broughtAt = this.#options.clock.monotonic();
    this.#pushes = 'moves';
  }

  facts(): HomeserverFacts {
    this.#askWhenQuiet();
    const [since] = [...this.#failing.values()].sort((a, b) => a - b);
    return {
      pinged: this.#pinged,
      pushes: this.#pushes,
      ...(since === undefined ? {} : { failingMs: this.#options.clock.monotonic() - since }),
    };
  }

  /** A quiet homeserver is asked to bring an event of ours; one that did not is asked again a little sooner. */
  #askWhenQuiet(): void {
    const { clock, limits } = this.#options;
    const now = clock.monotonic();
    const quietMs = now - Math.max(this.#broughtAt ?? this.#started, this.#started);
    const againMs = this.#pushes === 'still' ? limits.pingMs : limits.quietMs;
    const asked = this.#askedAt !== undefined && now - this.#askedAt < againMs;
    if (!this.#pinged || this.#failing.size > 0 || quietMs < limits.quietMs || asked || this.#asking) return;
    this.#asking = true;
    this.#askedAt = now;
    this.#ask(now).catch((error: unknown) => {
      this.#options.log.error('alarm.look-failed', {}, error);
    });
  }

  async #ask(askedAt: number): Promise<void> {
    try {
      const answer = await this.#options.pushing.probe();
      // What came meanwhile says more than an answer that comes later.
      const isNews = this.#broughtAt === undefined || this.#broughtAt < askedAt;
      if (answer === 'moves') this.#pushes = 'moves';
      else if (answer === 'still' && isNews) this.#pushes = 'still';
    } finally {
      this.#asking = false;
    }
  }
}
