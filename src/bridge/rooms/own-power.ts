/** Whether @gatehouse may do what it has to do in a portal: set state and invite. */
import type { RoomId, UserId } from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import { PORTAL_MARK } from '../portals/portal-state.ts';

export async function hasPower(
  at: { readonly user: UserId; readonly room: RoomId },
  homeserver: Pick<Homeserver, 'state'>,
): Promise<Result<boolean, HomeserverFailure>> {
  const { user: as, room } = at;
  const create = await homeserver.state({ as, room, type: 'm.room.create', stateKey: '' });
  if (!create.ok) return create;
  if (isFounder(create.value ?? {}, as)) return ok(true);
  const levels = await homeserver.state({ as, room, type: 'm.room.power_levels', stateKey: '' });
  return levels.ok ? ok(levelIn(levels.value ?? {}, as) >= needed(levels.value ?? {})) : levels;
}

/** From room version 12 on, those who made a room have all power and stand in no list (MSC4289). */
function isFounder(create: JsonObject, user: UserId): boolean {
  if (!(Number(create['room_version']) >= 12)) return false;
  const more = create['additional_creators'];
  // Our mark stands only in rooms that we made: an upgrade by somebody else does not copy it.
  return create[PORTAL_MARK] !== undefined || (Array.isArray(more) && more.includes(user));
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
