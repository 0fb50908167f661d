/**
 * Marks and notices of all portals share a few events a second, so that they never crowd out the messages. Who finds the
 * budget spent has a place in the order of asking; one timer serves them all.
 */
import type { Clock } from '../core/clock.ts';

/** Who waits with a place of their own; more are told when the last of these is. */
const PLACES_MAX = 20_000;
/** Shares given and not taken: no more are given then, so that lanes that were busy don't send them all in one burst. */
const UNTAKEN_MAX = 16;
/** After so long without any of them being taken, the share that was given first lapses. */
const LAPSE_MS = 30_000;

interface Place extends PromiseWithResolvers<undefined> {
  readonly events: number;
}

export class MarkBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #waiting = new Map<string, Place>();
  readonly #given = new Map<string, number>();
  #tokens: number;
  #filledAt: number;
  #last: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(clock: Clock, perSecond = 5) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAt = clock.monotonic();
  }

  /** Takes `events` from the budget for `who`, or answers with what ends when it is their turn to ask again. */
  take(who: string, events: number): { readonly ok: true } | { readonly ok: false; readonly until: Promise<void> } {
    if (this.#stopped) return { ok: true };
    this.#fill();
    const given = this.#given.get(who);
    if (given !== undefined) {
      this.#tookShare(who);
      this.#tokens += given - events;
      return { ok: true };
    }
    if (this.#waiting.size === 0 && this.#suffices(events)) {
      this.#tokens -= events;
      return { ok: true };
    }
    return { ok: false, until: this.#placeOf(who, events) };
  }

  /** Resolves when `who` may send one event. */
  async wait(who: string): Promise<void> {
    for (let taken = this.take(who, 1); !taken.ok; taken = this.take(who, 1)) await taken.until;
  }

  /** Nobody waits any more: what is about to be sent is sent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#stopped = true;
    for (const place of this.#waiting.values()) place.resolve(undefined);
    this.#waiting.clear();
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }

  /** More events than a second's worth are taken on credit, or they would never be sent. */
  #suffices(events: number): boolean {
    return this.#tokens >= Math.min(events, this.#perSecond);
  }

  #placeOf(who: string, events: number): Promise<void> {
    const known = this.#waiting.get(who);
    if (known !== undefined) return known.promise;
    if (this.#waiting.size >= PLACES_MAX) return this.#last;
    const place = { ...Promise.withResolvers<undefined>(), events };
    this.#waiting.set(who, place);
    this.#last = place.promise;
    this.#arm();
    return place.promise;
  }

  #giveOut(): void {
    this.#fill();
    for (const [who, place] of this.#waiting) {
      if (this.#isFull || !this.#suffices(place.events)) break;
      this.#tokens -= place.events;
      this.#waiting.delete(who);
      this.#given.set(who, place.events);
      place.resolve(undefined);
    }
    this.#arm();
  }

  get #isFull(): boolean {
    return this.#given.size >= UNTAKEN_MAX;
  }

  #tookShare(who: string): void {
    const wasFull = this.#isFull;
    this.#given.delete(who);
    if (!wasFull) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#arm();
  }

  #lapse(): void {
    const [oldest] = this.#given;
    if (oldest === undefined) return;
    const [who, events] = oldest;
    this.#given.delete(who);
    this.#tokens += events;
  }

  #arm(): void {
    const [next] = this.#waiting.values();
    if (next === undefined || this.#cancel !== undefined) return;
    const missing = Math.min(next.events, this.#perSecond) - this.#tokens;
    const ms = this.#isFull ? LAPSE_MS : Math.max(1, Math.ceil((missing / this.#perSecond) * 1000));
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined;
      if (this.#isFull) this.#lapse();
      this.#giveOut();
    });
  }
}
