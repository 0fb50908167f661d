/**
 * What came on the archive stream lately. Only that stream counts: the bridge's, which brings some of the same events,
 * may be ahead of it or behind.
 */
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { parseEventId, parseRoomId, type EventId, type Millis, type RoomId } from '../../core/ids.ts';
import { BoundedMap } from '../bounded-map.ts';

/** Enough for an hour of a busy homeserver; what is forgotten is only waited for once more. */
const MOST_EVENTS = 50_000;
const MOST_ROOMS = 20_000;
/** An event this old on arrival belongs to a backlog. */
const BEHIND_MS = 10_000;

const eventShape = z.object({
  event_id: z.custom<EventId>((value) => parseEventId(value).ok),
  room_id: z.custom<RoomId>((value) => parseRoomId(value).ok),
  origin_server_ts: z.number(),
});

interface Newest {
  readonly at: number;
  readonly order: number;
}

export class Arrivals {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #homeserver: { now(): number };
  readonly #events = new BoundedMap<EventId, number>(MOST_EVENTS);
  /** The newest event of each room, by the homeserver's clock. */
  readonly #rooms = new BoundedMap<RoomId, Newest>(MOST_ROOMS);
  readonly #waiting = new Set<() => void>();
  #order = 0;
  #behind: number | undefined;
  #last: number | undefined;

  /** `homeserver`: the time by the clock that events are dated by. */
  constructor(clock: Pick<Clock, 'monotonic'>, homeserver: { now(): number }) {
    this.#clock = clock;
    this.#homeserver = homeserver;
  }

  /** Events of one transaction, after they are on record. */
  note(events: readonly unknown[]): void {
    for (const value of events) {
      const event = eventShape.safeParse(value);
      if (event.success) this.#one(event.data);
    }
    this.#last = this.#clock.monotonic();
    for (const look of [...this.#waiting]) look();
  }

  #one({ event_id, room_id, origin_server_ts: at }: z.infer<typeof eventShape>): void {
    this.#order += 1;
    this.#events.set(event_id, this.#order);
    this.#rooms.set(room_id, { at, order: this.#order });
    if (this.#homeserver.now() - at > BEHIND_MS) this.#behind = this.#clock.monotonic();
  }

  mark(): number {
    return this.#order;
  }

  passed(room: RoomId, read: { readonly mark: number; readonly newest: Millis }): boolean {
    const last = this.#rooms.get(room);
    return last !== undefined && last.order > read.mark && last.at > read.newest;
  }

  came(events: readonly EventId[]): boolean {
    return events.some((event) => this.#events.get(event) !== undefined);
  }

  /** When something of a backlog came last, by the monotonic clock. */
  get lastBehind(): number | undefined {
    return this.#behind;
  }

  /** When anything came last, by the monotonic clock. */
  get last(): number | undefined {
    return this.#last;
  }

  /** Called after each transaction, until the returned function is called. */
  onNoted(listener: () => void): () => void {
    this.#waiting.add(listener);
    return () => {
      this.#waiting.delete(listener);
    };
  }
}
