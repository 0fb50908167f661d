/**
 * How late events come on record: the time between the homeserver's taking one and its commit here, without the constant
 * difference between the two clocks. That is estimated as NTP does it (RFC 5905, 10, clock filter): the smallest
 * difference seen in the last hour had the least delay in it. Events of other servers have clocks of their own and don't
 * count; nor do those that were fetched, which never come this way.
 */
import type { Clock } from '../../core/clock.ts';
import type { Millis } from '../../core/ids.ts';
import type { CaptureFacts } from './facts.ts';

interface Sample {
  readonly seen: number;
  readonly differenceMs: number;
}

const BUCKET_MS = 5 * 60_000;
const BUCKETS = 12;
/** So that one late event is there at two looks in a row. */
const RECENT_MS = 2 * 60_000;
const RECENT_MAX = 2_000;

export class LagMeter {
  readonly #clock: Clock;
  readonly #domain: string;
  /** The smallest difference of each five minutes, newest last. */
  #buckets: Sample[] = [];
  #recent: Sample[] = [];
  /** What held before, for an hour without events. */
  #carried: number | undefined;
  #newest: number | undefined;

  constructor(clock: Clock, domain: string) {
    this.#clock = clock;
    this.#domain = domain;
  }

  captured(events: readonly { readonly at: Millis; readonly sender?: string; readonly duplicate: boolean }[]): void {
    const [now, seen] = [this.#clock.now(), this.#clock.monotonic()];
    for (const { at, sender, duplicate } of events) {
      if (duplicate || sender?.endsWith(`:${this.#domain}`) !== true) continue;
      this.#add({ seen, differenceMs: now - at });
    }
  }

  /** The clock was set: what was measured with the old one says nothing of the new one. */
  jumped(): void {
    this.#buckets = [];
    this.#recent = [];
    this.#carried = undefined;
  }

  facts(): CaptureFacts {
    const now = this.#clock.monotonic();
    this.#recent = this.#recent.filter(({ seen }) => now - seen <= RECENT_MS);
    const skew = this.#skew(now);
    const lags = this.#recent.map(({ differenceMs }) => Math.max(0, differenceMs - skew)).sort((a, b) => a - b);
    return {
      events: lags.length,
      usualMs: lags[Math.ceil(lags.length * 0.95) - 1] ?? 0,
      worstMs: lags.at(-1) ?? 0,
      ...(this.#newest === undefined ? {} : { newestMs: now - this.#newest }),
    };
  }

  #add(sample: Sample): void {
    this.#newest = sample.seen;
    this.#recent.push(sample);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    const bucket = this.#buckets.at(-1);
    if (bucket === undefined || sample.seen - bucket.seen >= BUCKET_MS) {
      this.#buckets.push(sample);
      if (this.#buckets.length > 2 * BUCKETS) this.#skew(sample.seen);
      return;
    }
    if (sample.differenceMs >= bucket.differenceMs) return;
    this.#buckets[this.#buckets.length - 1] = { seen: bucket.seen, differenceMs: sample.differenceMs };
  }

  #skew(now: number): number {
    const kept = this.#buckets.filter(({ seen }) => now - seen <= BUCKET_MS * BUCKETS);
    if (this.#buckets.length > kept.length && kept.length <= 1) {
      this.#carried = smallest(this.#buckets.slice(0, this.#buckets.length - kept.length));
    }
    this.#buckets = kept;
    // One bucket alone may hold nothing but a late event: what held before still counts.
    const known = kept.length > 1 || this.#carried === undefined ? kept : [...kept, { differenceMs: this.#carried }];
    return smallest(known) ?? 0;
  }
}

function smallest(samples: readonly Pick<Sample, 'differenceMs'>[]): number | undefined {
  return samples.length === 0 ? undefined : Math.min(...samples.map(({ differenceMs }) => differenceMs));
}
