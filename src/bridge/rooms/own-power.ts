/** Whether one of our bots may do what it has to do in a room of ours: set state and invite. */
import type { RoomId, UserId } from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';

/** Portals, spaces, desks and chats with @gatehouse each have one in their creation content. */
const OUR_MARKS = 'org.gatehouse.';

export async function hasPower(
  at: { readonly user: UserId; readonly room: RoomId },
  homeserver: Pick<Homeserver, 'state'>,
): Promise<Result<boolean, HomeserverFailure>> {
  const power = await powerOf(at, homeserver);
  return power.ok ? ok(power.value !== 'none') : power;
}

/** `founder`: nobody can take it. */
export async function powerOf(
  at: { readonly user: UserId; readonly room: RoomId },
  homeserver: Pick<Homeserver, 'state'>,
): Promise<Result<'founder' | 'given' | 'none', HomeserverFailure>> {
  const { user: as, room } = at;
  const create = await homeserver.state({ as, room, type: 'm.room.create', stateKey: '' });
  if (!create.ok) return create;
  if (isFounder(create.value ?? {}, as)) return ok('founder');
  const levels = await homeserver.state({ as, room, type: 'm.room.power_levels', stateKey: '' });
  return levels.ok ? ok(givesPower(levels.value ?? {}, as) ? 'given' : 'none') : levels;
}

/** Whether these levels let `user` set state and invite. */
export function givesPower(levels: JsonObject, user: UserId): boolean {
  return levelIn(levels, user) >= needed(levels);
}

/** From room version 12 on, those who made a room have all power and stand in no list (MSC4289). */
function isFounder(create: JsonObject, user: UserId): boolean {
  if (!(Number(create['room_version']) >= 12)) return false;
  const more = create['additional_creators'];
  // Our marks stand only in rooms that we made: an upgrade by somebody else does not copy them.
  return Object.keys(create).some((key) => key.startsWith(OUR_MARKS)) || (Array.isArray(more) && more.includes(user));
}

function levelIn(levels: JsonObject, user: UserId): number {
  const users = isJsonObject(levels['users']) ? levels['users'] : {};
  return number(users[user], number(levels['users_default'], 0));
}

/** Matrix specification, client-server API, "m.room.power_levels": 50 for state and 0 for invitations where nothing is said. */
function needed(levels: JsonObject): number {
  return Math.max(number(levels['state_default'], 50), number(levels['invite'], 0));
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
