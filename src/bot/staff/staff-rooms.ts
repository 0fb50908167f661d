/** The unencrypted chat of each staff member with @gatehouse. */
import type { RoomId, UserId } from '../../core/ids.ts';
import { ok } from '../../core/result.ts';
import { unencrypted } from '../unencrypted.ts';
import { recordRoom, type RoomMade, type RoomMaking } from '../room-maker.ts';

/** The key in a room's creation content by which it is found again after a crash. */
const STAFF_MARKER = 'org.gatehouse.staff';

export interface StaffRooms extends RoomMaking {
  /** The chat as the record has it. */
  readonly known: (user: UserId) => Promise<RoomId | undefined>;
}

/** A crash between making and recording is healed by the marker: the room is looked for before it is made. */
export async function ensureStaffRoom(rooms: StaffRooms, user: UserId): Promise<RoomMade> {
  const known = await rooms.known(user);
  if (known !== undefined) return ok(known);
  const { homeserver } = rooms;
  const as = homeserver.gatehouse;
  const found = await homeserver.findRoomMade({ as, key: STAFF_MARKER, value: user });
  if (!found.ok) return found;
  const made = found.value === undefined ? await make(rooms, user) : ok(found.value);
  const room = made.ok ? await unencrypted(homeserver, as, made.value) : made;
  if (room.ok) await recordRoom(rooms, room.value, { kind: 'staff', user }, as);
  return room;
}

/** Nobody but @gatehouse may encrypt it: a bot without keys couldn't read it any more. */
function make({ homeserver }: StaffRooms, user: UserId): Promise<RoomMade> {
  return homeserver.createRoom({
    as: homeserver.gatehouse,
    name: 'Gatehouse',
    topic: 'Commands for customer chats. !help shows them.',
    invite: [user],
    isDirect: true,
    creationContent: { [STAFF_MARKER]: user, 'm.federate': false },
    initialState: [
      { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'invite' } },
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
    ],
    powerLevels: { invite: 100, state_default: 100, events: { 'm.room.encryption': 100 } },
  });
}
