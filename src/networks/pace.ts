/**
 * How fast a connector hands messages to its network, and whose turn it is. The rate follows the network's word by
 * additive increase and multiplicative decrease (RFC 5681 has the same idea for TCP): it is halved, once for all that
 * was under way, when the network says "too fast", and grows by a twentieth of the configured rate with each second's
 * worth of messages that are taken. Who waits has a place in the order of asking; one timer serves them all.
 */
import { wait, type Clock } from '../core/clock.ts';

export interface PaceOptions {
  readonly clock: Clock;
  /** Messages a second, as configured: the rate never exceeds it. */
  readonly perSecond: number;
  /** Messages under way at a time. */
  readonly window: number;
}

/** A message under way. */
export interface Flight {
  readonly chat: string;
  /** Tells whether it left before the rate was last halved: then what it met is known already. */
  readonly cuts: number;
}

/** However often the network says "too fast", a message is tried every five seconds, or every minute in a pause. */
const leastPerSecond = 0.2;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** The configured rate is reached again from nothing in so many seconds of messages taken. */
const climbSeconds = 20;
/** A timer that is late by less is made good by the next ones. */
const lateMs = 20;
/** Chats that wait with a place of their own; more are told to ask again when there is room. */
export const placesMax = 20_000;
/** A chat that was given its turn and makes no use of it. */
const unusedMs = 10_000;

type Resolver = PromiseWithResolvers<undefined>;

export class Pace {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #least: number;
  readonly #window: number;
  /** In the order of their turns. */
  #waiting = new Map<string, Resolver>();
  readonly #granted = new Map<string, number>();
  #crowd: Resolver | undefined;
  #flying = 0;
  #perSecond: number;
  #nextAt = 0;
  #pauseMs = firstPauseMs;
  #cuts = 0;
  #cancel: (() => void) | undefined;

  constructor({ clock, perSecond, window }: PaceOptions) {
    this.#clock = clock;
    this.#most = perSecond;
    this.#least = Math.min(leastPerSecond, perSecond);
    this.#window = window;
    this.#perSecond = perSecond;
  }

  /** Messages a second at the moment. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** Chats that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Undefined when it is the chat's turn: `begin` follows. Else a promise that resolves when it should ask again. Asking
   * twice keeps one place.
   */
  place(chat: string): Promise<void> | undefined {
    if (this.#granted.has(chat)) return undefined;
    this.#giveTurns();
    if (this.#waiting.size === 0 && this.#isFree()) {
      this.#grant(chat);
      return undefined;
    }
    return this.#placeOf(chat);
  }

  /** Waits for the chat's turn, unless it has it. Undefined when `signal` was aborted first. */
  async begin(chat: string, signal: AbortSignal): Promise<Flight | undefined> {
    const aborted = Promise.withResolvers<undefined>();
    const leave = (): void => {
      aborted.resolve(undefined);
    };
    signal.addEventListener('abort', leave);
    for (let turn = this.place(chat); turn !== undefined && !signal.aborted; turn = this.place(chat)) {
      await Promise.race([turn, aborted.promise]);
    }
    signal.removeEventListener('abort', leave);
    if (signal.aborted) return undefined;
    this.#granted.delete(chat);
    this.#flying += 1;
    return { chat, cuts: this.#cuts };
  }

  /** The next part of a message that is under way: before everybody who waits, and at the same rate. */
  async part(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1_000 / this.#perSecond;
    if (at > now) await wait(this.#clock, Math.ceil(at - now), signal);
  }

  /** It is over, however it ended: another may go. */
  ended(): void {
    this.#flying -= 1;
    this.#giveTurns();
  }

  accepted(): void {
    this.#pauseMs = firstPauseMs;
    const step = this.#most / climbSeconds / this.#perSecond;
    this.#perSecond = Math.min(this.#most, this.#perSecond + Math.min(step, this.#perSecond));
  }

  /**
   * The network said "too fast" to `flight`: its chat is the next. Nothing begins for as long as the network asks, or
   * for a time that doubles until something is taken.
   * @param jitter from 0 to 1, for a time of our own choice
   * @param askedMs what the network asked for: kept exactly
   * @returns in how many ms something may begin
   */
  throttled(flight: Flight, jitter: number, askedMs?: number): number {
    const now = this.#clock.monotonic();
    if (flight.cuts === this.#cuts) {
      this.#cuts += 1;
      this.#perSecond = Math.max(this.#least, this.#perSecond / 2);
      this.#pause(now, askedMs ?? Math.round(this.#pauseMs * (0.5 + jitter / 2)));
      this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
    } else if (askedMs !== undefined) this.#pause(now, askedMs);
    this.#comeFirst(flight.chat);
    // Fractions of a millisecond do not add up: 7,000 asked for would at times be 7,001.
    return Math.max(0, Math.ceil(Math.round((this.#nextAt - now) * 1_000) / 1_000));
  }

  /** No timer is left; who waits is told, and finds the connector stopped. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const place of waiting) place.resolve(undefined);
    this.#crowd?.resolve(undefined);
  }

  #pause(now: number, ms: number): void {
    this.#nextAt = Math.max(this.#nextAt, now + ms);
  }

  #comeFirst(chat: string): void {
    const place = this.#waiting.get(chat) ?? Promise.withResolvers<undefined>();
    this.#waiting.delete(chat);
    this.#waiting = new Map([[chat, place], ...this.#waiting]);
    this.#giveTurns();
  }

  #placeOf(chat: string): Promise<void> {
    const known = this.#waiting.get(chat);
    if (known !== undefined) return known.promise;
    if (this.#waiting.size >= placesMax) {
      this.#crowd ??= Promise.withResolvers<undefined>();
      return this.#crowd.promise;
    }
    const place = Promise.withResolvers<undefined>();
    this.#waiting.set(chat, place);
    this.#arm();
    return place.promise;
  }

  #isFree(): boolean {
    return this.#nextAt <= this.#clock.monotonic() && this.#flying + this.#granted.size < this.#window;
  }

  #grant(chat: string): void {
    const now = this.#clock.monotonic();
    this.#granted.set(chat, now);
    this.#nextAt = Math.max(this.#nextAt, now - (this.#waiting.size > 0 ? lateMs : 0)) + 1_000 / this.#perSecond;
  }

  #giveTurns(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#forgetUnused();
    for (const [chat, place] of this.#waiting) {
      if (!this.#isFree()) break;
      this.#grant(chat);
      this.#waiting.delete(chat);
      place.resolve(undefined);
    }
    if (this.#waiting.size <= placesMax / 2) {
      this.#crowd?.resolve(undefined);
      this.#crowd = undefined;
    }
    this.#arm();
  }

  #forgetUnused(): void {
    const before = this.#clock.monotonic() - unusedMs;
    for (const [chat, since] of this.#granted) if (since <= before) this.#granted.delete(chat);
  }

  /** With the window full, whatever ends gives the next turn; a turn that nobody uses is looked for all the same. */
  #arm(): void {
    if (this.#waiting.size === 0 || this.#cancel !== undefined) return;
    const full = this.#flying + this.#granted.size >= this.#window;
    const ms = full ? unusedMs : Math.max(0, Math.ceil(this.#nextAt - this.#clock.monotonic()));
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined;
      this.#giveTurns();
    });
  }
}
