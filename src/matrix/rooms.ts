/** Rooms of our own making: creating them, finding them again, their state and their members. */
import { z } from 'zod';
import { parseEventId, parseRoomId, parseUserId, type EventId, type RoomId, type UserId } from '../core/ids.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Done, Homeserver, NewRoom } from '../core/ports/homeserver.ts';
import { ok } from '../core/result.ts';
import type { Actors } from './actors.ts';
import { BoundedMap } from './bounded-map.ts';
import { call, nothing } from './calls.ts';

const MOST_KNOWN_ROOMS = 20_000;
const LOOK_AT_ONCE = 8;

const roomIdShape = z.custom<RoomId>((value) => parseRoomId(value).ok, 'is not a room id');
const roomShape = z.object({ room_id: roomIdShape });
const eventShape = z.object({ event_id: z.custom<EventId>((value) => parseEventId(value).ok, 'is not an event id') });
const contentShape = z.custom<JsonObject>(isJsonObject, 'is not an object');
const joinedShape = z.object({ joined_rooms: z.array(roomIdShape) });
const memberEvent = z.object({
  state_key: z.custom<UserId>((value) => parseUserId(value).ok, 'is not a user id'),
  content: z.object({ membership: z.string() }),
});
/** A member whose event can't be read is left out: it is neither joined nor invited for us. */
const membersShape = z.object({ chunk: z.array(z.unknown()) });

const capabilitiesShape = z.object({
  capabilities: z.object({ 'm.room_versions': z.object({ default: z.string() }) }),
});

export type Membership = 'join' | 'invite';

export class Rooms {
  readonly #actors: Actors;
  /** Creation contents never change. */
  readonly #made = new BoundedMap<RoomId, JsonObject>(MOST_KNOWN_ROOMS);

  #version: string | undefined;

  constructor(actors: Actors) {
    this.#actors = actors;
  }

  async createRoom(room: NewRoom): Done<RoomId> {
    const powerLevels = await this.#powerLevels(room);
    if (!powerLevels.ok) return powerLevels;
    const made = await call(this.#actors, {
      as: room.as,
      method: 'POST',
      path: ['createRoom'],
      body: creation(room, powerLevels.value),
      answer: roomShape,
    });
    return made.ok ? ok(made.value.room_id) : made;
  }

  /**
   * From room version 12 on a creator has all power and must not be listed; before, one who isn't listed has none.
   * Callers need not know which version the homeserver makes.
   */
  async #powerLevels(room: NewRoom): Done<JsonObject | undefined> {
    if (room.powerLevels === undefined) return ok(undefined);
    const version = await this.#defaultVersion(room.as);
    if (!version.ok) return version;
    const { users, ...others } = room.powerLevels;
    const { [room.as]: own = 100, ...listed } = isJsonObject(users) ? users : {};
    return ok({ ...others, users: creatorsRule(version.value) ? listed : { ...listed, [room.as]: own } });
  }

  async #defaultVersion(as: UserId): Done<string> {
    if (this.#version !== undefined) return ok(this.#version);
    const got = await call(this.#actors, { as, method: 'GET', path: ['capabilities'], answer: capabilitiesShape });
    if (!got.ok) return got;
    this.#version = got.value.capabilities['m.room_versions'].default;
    return ok(this.#version);
  }

  async resolveAlias(alias: Parameters<Homeserver['resolveAlias']>[0]): Done<RoomId | undefined> {
    const as = this.#actors.gatehouse;
    const found = await call(this.#actors, {
      as,
      method: 'GET',
      path: ['directory', 'room', alias],
      answer: roomShape,
    });
    if (found.ok) return ok(found.value.room_id);
    return found.error.kind === 'not-found' ? ok(undefined) : found;
  }

  async dropAlias({ as, alias }: Parameters<NonNullable<Homeserver['dropAlias']>>[0]): Done<void> {
    const path = ['directory', 'room', alias];
    const done = await call(this.#actors, { as, method: 'DELETE', path, answer: nothing, changes: false });
    return !done.ok && done.error.kind === 'not-found' ? ok(undefined) : done;
  }

  async state(at: Parameters<Homeserver['state']>[0]): Done<JsonObject | undefined> {
    const path = ['rooms', at.room, 'state', at.type, at.stateKey];
    const found = await call(this.#actors, { as: at.as, method: 'GET', path, answer: contentShape });
    return !found.ok && found.error.kind === 'not-found' ? ok(undefined) : found;
  }

  /** The same state again makes no new event (Synapse keeps the old one), so that a repeat does no harm. */
  async setState(state: Parameters<Homeserver['setState']>[0]): Done<EventId> {
    const done = await call(this.#actors, {
      as: state.as,
      method: 'PUT',
      path: ['rooms', state.room, 'state', state.type, state.stateKey],
      body: state.content,
      answer: eventShape,
      changes: false,
    });
    return done.ok ? ok(done.value.event_id) : done;
  }

  /** Looks through the rooms that `as` has joined; each room's creation is asked for once in the life of the process. */
  async findRoomMade(by: Parameters<Homeserver['findRoomMade']>[0]): Done<RoomId | undefined> {
    const { as } = by;
    const joined = await call(this.#actors, { as, method: 'GET', path: ['joined_rooms'], answer: joinedShape });
    if (!joined.ok) return joined;
    const rooms = joined.value.joined_rooms.filter((room) => by.except?.includes(room) !== true);
    for (let start = 0; start < rooms.length; start += LOOK_AT_ONCE) {
      const some = rooms.slice(start, start + LOOK_AT_ONCE);
      const creations = await Promise.all(some.map((room) => this.#creation(as, room)));
      for (const [index, creation] of creations.entries()) {
        if (!creation.ok) return creation;
        if (creation.value?.[by.key] === by.value) return ok(some[index]);
      }
    }
    return ok(undefined);
  }

  async #creation(as: UserId, room: RoomId): Done<JsonObject | undefined> {
    const known = this.#made.get(room);
    if (known !== undefined) return ok(known);
    const asked = await this.state({ as, room, type: 'm.room.create', stateKey: '' });
    // Left between the two questions: then it is none of our rooms.
    if (!asked.ok && asked.error.kind === 'forbidden') return ok(undefined);
    if (asked.ok && asked.value !== undefined) this.#made.set(room, asked.value);
    return asked;
  }

  async members(
    of: Parameters<Homeserver['members']>[0],
  ): Done<readonly { readonly user: UserId; readonly membership: Membership }[]> {
    const path = ['rooms', of.room, 'members'];
    const got = await call(this.#actors, { as: of.as, method: 'GET', path, answer: membersShape });
    return got.ok ? ok(got.value.chunk.flatMap(member)) : got;
  }

  async invite(invite: Parameters<Homeserver['invite']>[0]): Done<void> {
    const { as, room, user } = invite;
    const path = ['rooms', room, 'invite'];
    const body = { user_id: user };
    const done = await call(this.#actors, { as, method: 'POST', path, body, answer: nothing, changes: false });
    if (done.ok || done.error.kind !== 'forbidden') return done;
    // Also said of one who is in already.
    return (await this.#isMember(invite)) ? ok(undefined) : done;
  }

  async ensureJoined(member: Parameters<Homeserver['ensureJoined']>[0]): Done<void> {
    const first = await this.#join(member);
    if (first.ok || first.error.kind !== 'forbidden') return first;
    const invited = await this.invite({ as: member.inviter, room: member.room, user: member.as });
    return invited.ok ? await this.#join(member) : invited;
  }

  #join(member: { readonly as: UserId; readonly room: RoomId }): Done<void> {
    const path = ['join', member.room];
    const { as } = member;
    return call(this.#actors, { as, method: 'POST', path, body: {}, answer: nothing, changes: false });
  }

  async #isMember(asked: { readonly as: UserId; readonly room: RoomId; readonly user: UserId }): Promise<boolean> {
    const { as, room, user } = asked;
    const found = await this.state({ as, room, type: 'm.room.member', stateKey: user });
    if (!found.ok) return false;
    return isMembership(found.value?.['membership']);
  }
}

/** MSC4289. Versions with other names than numbers are experiments, which no homeserver makes by default. */
function creatorsRule(version: string): boolean {
  return Number(version) >= 12;
}

function creation(room: NewRoom, powerLevels: JsonObject | undefined): Record<string, unknown> {
  return {
    name: room.name,
    preset: 'private_chat',
    visibility: 'private',
    invite: room.invite,
    creation_content: room.creationContent,
    initial_state: room.initialState,
    ...(room.topic !== undefined && { topic: room.topic }),
    ...(powerLevels !== undefined && { power_level_content_override: powerLevels }),
    ...(room.alias !== undefined && { room_alias_name: room.alias.slice(1, room.alias.indexOf(':')) }),
    ...(room.isDirect !== undefined && { is_direct: room.isDirect }),
  };
}

function member(event: unknown): { readonly user: UserId; readonly membership: Membership }[] {
  const parsed = memberEvent.safeParse(event);
  if (!parsed.success || !isMembership(parsed.data.content.membership)) return [];
  return [{ user: parsed.data.state_key, membership: parsed.data.content.membership }];
}

function isMembership(value: unknown): value is Membership {
  return value === 'join' || value === 'invite';
}
