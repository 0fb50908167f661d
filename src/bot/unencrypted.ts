/** A room just made must not be encrypted: Synapse's `encryption_enabled_by_default_for_room_type` overrides us. */
import type { RoomId, UserId } from '../core/ids.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import { err, ok } from '../core/result.ts';
import type { RoomMade } from './room-maker.ts';

export async function unencrypted(homeserver: Pick<Homeserver, 'state'>, as: UserId, room: RoomId): Promise<RoomMade> {
  const state = await homeserver.state({ as, room, type: 'm.room.encryption', stateKey: '' });
  if (!state.ok) return state;
  if (state.value === undefined) return ok(room);
  const detail = 'the homeserver encrypts new rooms: set encryption_enabled_by_default_for_room_type to "off"';
  return err({ kind: 'refused', status: 200, errcode: 'ROOM_ENCRYPTED', detail });
}
