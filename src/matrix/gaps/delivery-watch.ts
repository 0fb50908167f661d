/**
 * Knows how far the homeserver has come with bringing us events (docs/decisions/0012). Synapse hands the events of a room
 * over in order, and those of different rooms of one batch at the same time; batches follow each other. So when an event
 * of ours has come back, everything older is handed over with the end of that batch: a second one, sent after the first
 * came back, belongs to a later batch, and what has not come before it never will.
 */
import { wait, type Clock } from '../../core/clock.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import type { EventId, Millis, RoomId } from '../../core/ids.ts';
import type { Done, HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { Deliveries, Pushing } from '../../core/ports/pushing.ts';
import type { Arrivals } from './arrivals.ts';

/** An event of ours that has not come back may have been lost with the homeserver's memory: then another one is sent. */
const AGAIN_MS = 20_000;
const PROBE_MS = 30_000;
/** After a good ping with no backlog coming, whatever has not come by then is taken as lost. */
const QUIET_MS = 60_000;
/** Without a ping that succeeds, and without anything coming, for this long, nothing can be known. */
const GIVE_UP_MS = 180_000;
/** Two events that came back, one sent after the other. */
const ROUND_TRIPS = 2;
const REFUSED_WAIT_MS = 5_000;
/** Ids of ours that are waited for at most; any of them will do. */
const MOST_SENT = 20;

export interface DeliveryWatchOptions {
  readonly barrier: { send(): Done<EventId> };
  readonly arrivals: Arrivals;
  readonly clock: Clock;
}

type Trip = 'came' | 'not-yet' | 'refused' | 'down';

export class DeliveryWatch implements Deliveries, Pushing {
  readonly #options: DeliveryWatchOptions;
  /** By the monotonic clock. */
  readonly #goodPings: number[] = [];
  #probing: ReturnType<Pushing['probe']> | undefined;

  constructor(options: DeliveryWatchOptions) {
    this.#options = options;
  }

  /** The archive service was pinged. */
  pinged(good: boolean): void {
    if (!good) return;
    this.#goodPings.push(this.#options.clock.monotonic());
    if (this.#goodPings.length > MOST_SENT) this.#goodPings.shift();
  }

  mark(): number {
    return this.#options.arrivals.mark();
  }

  passed(room: RoomId, read: { readonly mark: number; readonly newest: Millis }): boolean {
    return this.#options.arrivals.passed(room, read);
  }

  async settled(signal: AbortSignal): Promise<'settled' | 'homeserver-down'> {
    const began = this.#options.clock.monotonic();
    let sent: EventId[] = [];
    let trips = 0;
    while (trips < ROUND_TRIPS) {
      if (this.#isQuiet(began)) return 'settled';
      if (signal.aborted || this.#isHopeless(began)) return 'homeserver-down';
      const trip = await this.#trip(sent, AGAIN_MS, signal);
      if (trip === 'down') return 'homeserver-down';
      if (trip === 'refused') await wait(this.#options.clock, REFUSED_WAIT_MS, signal);
      if (trip !== 'came') continue;
      trips += 1;
      sent = [];
    }
    return 'settled';
  }

  probe(): ReturnType<Pushing['probe']> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #probe(): ReturnType<Pushing['probe']> {
    const trip = await this.#trip([], PROBE_MS, new AbortController().signal);
    if (trip === 'came') return 'moves';
    return trip === 'not-yet' ? 'still' : 'homeserver-down';
  }

  /** Sends another one and waits until it, or one of those `sent` before, is there. */
  async #trip(sent: EventId[], withinMs: number, signal: AbortSignal): Promise<Trip> {
    const put = await unlessAborted(this.#options.barrier.send(), signal);
    if (put === undefined) return 'down';
    if (!put.ok) return refused(put.error) ? 'refused' : 'down';
    sent.push(put.value);
    if (sent.length > MOST_SENT) sent.shift();
    return (await this.#cameWithin(sent, withinMs, signal)) ? 'came' : 'not-yet';
  }

  async #cameWithin(events: readonly EventId[], ms: number, signal: AbortSignal): Promise<boolean> {
    const { arrivals, clock } = this.#options;
    const enough = new AbortController();
    const look = (): void => {
      if (arrivals.came(events)) enough.abort();
    };
    const unlisten = arrivals.onNoted(look);
    look();
    await wait(clock, ms, AbortSignal.any([signal, enough.signal]));
    unlisten();
    return arrivals.came(events);
  }

  #isQuiet(began: number): boolean {
    const { arrivals, clock } = this.#options;
    const ping = this.#goodPings.find((at) => at >= began);
    return ping !== undefined && clock.monotonic() - Math.max(ping, arrivals.lastBehind ?? 0) >= QUIET_MS;
  }

  #isHopeless(began: number): boolean {
    const { arrivals, clock } = this.#options;
    const lastSign = Math.max(began, this.#goodPings.at(-1) ?? 0, arrivals.last ?? 0);
    return clock.monotonic() - lastSign >= GIVE_UP_MS;
  }
}

/** The homeserver is there and does not let us: waiting is what is left. */
function refused(failure: HomeserverFailure): boolean {
  return failure.kind === 'forbidden' || failure.kind === 'refused' || failure.kind === 'not-found';
}
