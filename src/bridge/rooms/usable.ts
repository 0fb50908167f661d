/** Whether a room in which a ghost was refused is still a room of ours. */
import { parseRoomId, type RoomId } from '../../core/ids.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import { isGone } from '../homeserver-turn.ts';

/** @gatehouse is a member of it, and it was not closed in favour of another room. */
export async function isUsable(
  room: RoomId,
  homeserver: Pick<Homeserver, 'state' | 'gatehouse'>,
): Promise<Result<boolean, HomeserverFailure>> {
  const as = homeserver.gatehouse;
  const own = await homeserver.state({ as, room, type: 'm.room.member', stateKey: as });
  if (!own.ok) return isGone(own.error) ? ok(false) : own;
  // Who left can still read the state of that moment.
  if (own.value?.['membership'] !== 'join') return ok(false);
  const closed = await homeserver.state({ as, room, type: 'm.room.tombstone', stateKey: '' });
  if (!closed.ok) return isGone(closed.error) ? ok(false) : closed;
  return ok(typeof closed.value?.['replacement_room'] !== 'string');
}

/** The room in favour of which it was closed, as the homeserver has it now. */
export async function replacementOf(
  room: RoomId,
  homeserver: Pick<Homeserver, 'state' | 'gatehouse'>,
): Promise<Result<RoomId | undefined, HomeserverFailure>> {
  const closed = await homeserver.state({ as: homeserver.gatehouse, room, type: 'm.room.tombstone', stateKey: '' });
  if (!closed.ok) return isGone(closed.error) ? ok(undefined) : closed;
  const to = parseRoomId(closed.value?.['replacement_room']);
  return ok(to.ok && to.value !== room ? to.value : undefined);
}
