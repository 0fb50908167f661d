/**
 * A homeserver as gap repair sees it: events in rooms, handed over on one stream in batches. Within a batch only the order
 * inside a room is kept (Synapse, handlers/appservice.py); a crash loses what is queued and stays in the rooms.
 */
import type { Clock } from '../../src/core/clock.ts';
import type { DraftOf, MatrixEvent } from '../../src/core/entry.ts';
import { must, parseEventId, parseRoomId, type EventId, type RoomId } from '../../src/core/ids.ts';
import type { Done } from '../../src/core/ports/homeserver.ts';
import type { HistoryEvent, RoomHistory } from '../../src/core/ports/room-history.ts';
import { err, ok } from '../../src/core/result.ts';
import { eventDraft, user } from '../integration/bridge/fake-homeserver.ts';

export function roomId(name: string): RoomId {
  return must(parseRoomId(`!${name}:acme.example`));
}

const BARRIER = roomId('barrier');

export class StreamModel implements RoomHistory {
  readonly reach = 'all';
  readonly lost = new Set<EventId>();
  /** While it is set, whatever is asked ends like this. */
  away = false;
  /** Rooms that can't be read. */
  readonly closed = new Set<RoomId>();
  /** How many events a page has. */
  readonly pageSize: number;
  /** Called before each answer. */
  during: () => Promise<void> = () => Promise.resolve();
  asked = 0;
  readonly #clock: Clock;
  readonly #rooms = new Map<RoomId, MatrixEvent[]>();
  readonly #pruned = new Set<EventId>();
  /** By the order of the whole homeserver. */
  #queue: MatrixEvent[] = [];
  #handedOver: MatrixEvent[] = [];
  #count = 0;

  constructor(clock: Clock, pageSize = 3) {
    this.#clock = clock;
    this.pageSize = pageSize;
  }

  /** Somebody writes: the homeserver has it, and will bring it. */
  say(room: RoomId, text = 'hello'): EventId {
    this.#count += 1;
    const event: MatrixEvent = {
      event_id: must(parseEventId(`$m${String(this.#count)}`)),
      type: 'm.room.message',
      room_id: room,
      sender: user('alice'),
      origin_server_ts: this.#clock.now(),
      content: { msgtype: 'm.text', body: text },
    };
    this.#rooms.set(room, [...(this.#rooms.get(room) ?? []), event]);
    this.#queue.push(event);
    return event.event_id;
  }

  /** It was redacted before anybody read it. */
  prune(event: EventId): void {
    this.#pruned.add(event);
  }

  /** The next events are handed over, the rooms' turns by `order`; then so many are brought in one transaction. */
  transaction(batch: number, order: readonly number[], size: number): readonly DraftOf<'matrix.event'>[] {
    const events = this.#queue.splice(0, batch);
    for (let turn = 0; events.length > 0; turn += 1) {
      const rooms = [...new Set(events.map((event) => event.room_id))];
      const room = rooms[(order[turn] ?? 0) % rooms.length];
      const at = events.findIndex((event) => event.room_id === room);
      this.#handedOver.push(...events.splice(at, 1));
    }
    return this.#handedOver.splice(0, size).map((event) => eventDraft(event));
  }

  get queued(): number {
    return this.#queue.length + this.#handedOver.length;
  }

  /** What was queued never comes. */
  crash(): void {
    for (const event of [...this.#handedOver, ...this.#queue]) this.lost.add(event.event_id);
    this.#queue = [];
    this.#handedOver = [];
  }

  all(): readonly EventId[] {
    return [...this.#rooms.values()].flat().map((event) => event.event_id);
  }

  /** A barrier's event. */
  async send(): Done<EventId> {
    await this.during();
    return this.away ? err({ kind: 'down', detail: 'away' }) : ok(this.say(BARRIER));
  }

  async rooms(): Done<{ readonly rooms: readonly RoomId[] }> {
    await this.during();
    this.asked += 1;
    return this.away ? err({ kind: 'down', detail: 'away' }) : ok({ rooms: [...this.#rooms.keys()] });
  }

  async page(room: RoomId, from?: string): ReturnType<RoomHistory['page']> {
    await this.during();
    this.asked += 1;
    if (this.away) return err({ kind: 'down', detail: 'away' });
    if (this.closed.has(room)) return err({ kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'closed' });
    const events = this.#rooms.get(room) ?? [];
    const end = from === undefined ? events.length : Number(from);
    const start = Math.max(0, end - this.pageSize);
    const page = events
      .slice(start, end)
      .toReversed()
      .map((event) => this.#read(event));
    return ok({ events: page, start: String(end), ...(start > 0 && { end: String(start) }) });
  }

  #read(event: MatrixEvent): HistoryEvent {
    const pruned = this.#pruned.has(event.event_id);
    const draft = eventDraft(pruned ? { ...event, content: {} } : event);
    return { id: event.event_id, at: draft.at, pruned, draft };
  }
}
