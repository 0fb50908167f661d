/**
 * A room in which `@archivist` is alone and sends events that mean nothing: one that comes back shows how far the
 * homeserver has come with bringing us events. Made once, and found again by its creation content.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseEventId, type EventId, type RoomId, type UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import type { Actors } from '../actors.ts';
import { call, nothing } from '../calls.ts';
import { Rooms } from '../rooms.ts';

const KEY = 'org.gatehouse.barrier';
const VALUE = '1';

const sentShape = z.object({ event_id: z.custom<EventId>((value) => parseEventId(value).ok, 'is not an event id') });

export class BarrierRoom {
  readonly #actors: Actors;
  readonly #rooms: Rooms;
  #room: RoomId | undefined;

  constructor(actors: Actors) {
    this.#actors = actors;
    this.#rooms = new Rooms(actors);
  }

  /** Found, or made. */
  async room(): Done<RoomId> {
    const room = await this.#find();
    if (room.ok) this.#room = room.value;
    return room;
  }

  /** What one of ours who is not in it would do: it is refused, by whomever Synapse asks first. */
  async intrude(outsider: UserId, how: 'invite' | 'join'): Done<unknown> {
    const room = await this.room();
    if (!room.ok) return room;
    const path = ['rooms', room.value, how];
    const body = how === 'invite' ? { user_id: this.#actors.archivist } : {};
    return call(this.#actors, { as: outsider, method: 'POST', path, body, answer: nothing, changes: false });
  }

  /** Resolves with the id of a new event, once the homeserver has it. */
  async send(content: JsonObject = {}): Done<EventId> {
    const known = this.#room !== undefined;
    const sent = await this.#sendOnce(content);
    const gone = !sent.ok && (sent.error.kind === 'forbidden' || sent.error.kind === 'not-found');
    if (!gone || !known) return sent;
    // Somebody deleted the room.
    this.#room = undefined;
    return this.#sendOnce(content);
  }

  async #sendOnce(body: JsonObject): Done<EventId> {
    const room = await this.room();
    if (!room.ok) return room;
    const sent = await call(this.#actors, {
      as: this.#actors.archivist,
      method: 'PUT',
      path: ['rooms', room.value, 'send', KEY, randomUUID()],
      body,
      answer: sentShape,
      changes: false,
    });
    return sent.ok ? ok(sent.value.event_id) : sent;
  }

  async #find(): Done<RoomId> {
    if (this.#room !== undefined) return ok(this.#room);
    const as = this.#actors.archivist;
    const found = await this.#rooms.findRoomMade({ as, key: KEY, value: VALUE });
    if (!found.ok) return found;
    if (found.value !== undefined) return ok(found.value);
    return this.#rooms.createRoom({
      as,
      name: 'Gatehouse: is everything delivered?',
      topic: 'Made by Gatehouse to see whether the homeserver brings it every event. Nothing is said here.',
      invite: [],
      creationContent: { 'm.federate': false, [KEY]: VALUE },
      initialState: [],
    });
  }
}
