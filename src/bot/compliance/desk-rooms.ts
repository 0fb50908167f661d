/** A desk's room: made if its alias leads nowhere, and everybody with a role invited. */
import type { RoomId, UserId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { err, ok } from '../../core/result.ts';
import { recordRoom, type RoomMade, type RoomMaking } from '../room-maker.ts';
import { unencrypted } from '../unencrypted.ts';

/** A room that an admin made under the alias is taken as it is: the rules for answering in it hold all the same. */
export async function ensureDeskRoom(making: RoomMaking, desk: Desk): Promise<RoomMade> {
  const { homeserver } = making;
  const as = homeserver.compliance;
  const known = await homeserver.resolveAlias(desk.room);
  if (!known.ok) return known;
  const room = known.value === undefined ? await make(making, desk) : await enter(making, known.value);
  if (!room.ok) return room;
  await recordRoom(making, room.value, { kind: 'desk', desk: desk.id }, as);
  const invited = await inviteAll(making, desk, room.value);
  return invited.ok ? room : err(invited.error);
}

async function make(making: RoomMaking, desk: Desk): Promise<RoomMade> {
  const { homeserver } = making;
  const room = await homeserver.createRoom({
    as: homeserver.compliance,
    name: 'Compliance',
    topic: 'Ask with !c help',
    alias: desk.room,
    invite: [],
    creationContent: { 'm.federate': false, 'org.gatehouse.desk': desk.id },
    initialState: [
      { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'invite' } },
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
      // Who comes later reads what is said from then on: records were shown to those who were there.
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
    ],
    powerLevels: { invite: 100, state_default: 100, events: { 'm.room.encryption': 100 } },
  });
  return room.ok ? unencrypted(homeserver, homeserver.compliance, room.value) : room;
}

async function enter(making: RoomMaking, room: RoomId): Promise<RoomMade> {
  const { homeserver } = making;
  const joined = await homeserver.ensureJoined({ as: homeserver.compliance, room, inviter: homeserver.compliance });
  return joined.ok ? ok(room) : joined;
}

async function inviteAll({ homeserver }: RoomMaking, desk: Desk, room: RoomId): Done<void> {
  const as = homeserver.compliance;
  const members = await homeserver.members({ as, room });
  if (!members.ok) return members;
  const there = new Set(members.value.map(({ user }) => user));
  const missing = [...new Set([...desk.officers, ...desk.reviewers, ...desk.auditors])].filter(
    (user) => !there.has(user),
  );
  for (const user of missing) {
    const invited = await homeserver.invite({ as, room, user });
    // Somebody who doesn't exist yet, or was banned here, keeps nobody else out.
    if (!invited.ok && invited.error.kind !== 'forbidden' && invited.error.kind !== 'not-found') return invited;
  }
  return letOfficersRemove(homeserver, desk, { as, room });
}

/** Officers can remove who has no role, or else the desk would stay silent. */
async function letOfficersRemove(
  homeserver: RoomMaking['homeserver'],
  desk: Desk,
  at: { readonly as: UserId; readonly room: RoomId },
): Done<void> {
  const levels = { ...at, type: 'm.room.power_levels', stateKey: '' };
  const now = await homeserver.state(levels);
  if (!now.ok) return now;
  const users = isJsonObject(now.value?.['users']) ? now.value['users'] : {};
  const lacking = desk.officers.filter((officer) => users[officer] === undefined);
  if (now.value === undefined || lacking.length === 0) return ok(undefined);
  const given: JsonObject = Object.fromEntries(lacking.map((officer) => [officer, 50]));
  const content = { ...now.value, kick: 50, users: { ...users, ...given } };
  const set = await homeserver.setState({ ...levels, content });
  // In a room of an admin's making the desk may have no say.
  return set.ok || set.error.kind === 'forbidden' ? ok(undefined) : err(set.error);
}
