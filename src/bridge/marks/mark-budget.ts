/**
 * Marks and notices of all portals share a few events a second, so that they never crowd out the messages. Who finds the
 * budget spent has a place in a queue, the most urgent first; one timer serves them all.
 */
import type { Clock } from '../../core/clock.ts';
import { MarkQueue, type Urgency } from './mark-queue.ts';

/** Shares given and not taken: no more are given then, so that lanes that were busy don't send them all in one burst. */
const UNTAKEN_MAX = 16;
/** After so long without any of them being taken, the share that was given first lapses. */
const LAPSE_MS = 30_000;

/** Who asks, for how many events, and how urgent it is. */
export interface Asking {
  readonly who: string;
  readonly events: number;
  readonly urgency: Urgency;
}

export class MarkBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #waiting = new MarkQueue();
  readonly #given = new Map<string, number>();
  #tokens: number;
  #filledAt: number;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(clock: Clock, perSecond = 5) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAt = clock.monotonic();
  }

  /** Takes `events` from the budget for `who`, or answers with what ends when it is their turn to ask again. */
  take(asking: Asking): { readonly ok: true } | { readonly ok: false; readonly until: Promise<void> } {
    const { who, events } = asking;
    if (this.#stopped) return { ok: true };
    this.#fill();
    const given = this.#given.get(who);
    if (given !== undefined) {
      this.#tookShare(who);
      this.#tokens += given - events;
      return { ok: true };
    }
    if (this.#waiting.isEmpty && this.#suffices(events)) {
      this.#tokens -= events;
      return { ok: true };
    }
    const until = this.#waiting.place(asking);
    this.#arm();
    return { ok: false, until };
  }

  /** Resolves when they may send their events. */
  async wait(asking: Asking): Promise<void> {
    for (let taken = this.take(asking); !taken.ok; taken = this.take(asking)) await taken.until;
  }

  /** Nobody waits any more: what is about to be sent is sent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#stopped = true;
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

  #giveOut(): void {
    this.#fill();
    for (let place = this.#waiting.next(); place !== undefined; place = this.#waiting.next()) {
      if (this.#isFull || !this.#suffices(place.events)) break;
      this.#tokens -= place.events;
      this.#given.set(place.who, place.events);
      this.#waiting.served(place);
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
    if (this.#cancel !== undefined) return;
    const next = this.#waiting.next();
    if (next === undefined) return;
    const missing = Math.min(next.events, this.#perSecond) - this.#tokens;
    const ms = this.#isFull ? LAPSE_MS : Math.max(1, Math.ceil((missing / this.#perSecond) * 1000));
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined;
      if (this.#isFull) this.#lapse();
      this.#giveOut();
    });
  }
}
