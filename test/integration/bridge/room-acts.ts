/** What people and admins do to rooms, done to the rooms of the house. */
import { must, parseDeskId, parseUserId, type RoomId, type UserId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { RoomUse } from '../../../src/core/entry.ts';
import { DOMAIN } from './fake-homeserver.ts';
import { alice, bob, type House } from './house.ts';

export const admin = must(parseUserId(`@admin:${DOMAIN}`));
export const annsGhost = must(parseUserId(`@_gh_sms_12025550199:${DOMAIN}`));

export async function portalRoom(house: House): Promise<RoomId> {
  await house.receive('Hi');
  const [opened] = await house.entries('portal.opened');
  if (opened === undefined) throw new Error('no portal was opened');
  return opened.body.room;
}

/** The room of the first chat that there is. */
export function roomOf(house: House): RoomId {
  const portal = [...house.homeserver.rooms].find(([, { made }]) => 'org.gatehouse.portal' in made.creationContent);
  if (portal === undefined) throw new Error('there is no portal');
  return portal[0];
}

/** Whom @gatehouse invited and who did not answer yet. */
export function invited(house: House, room: RoomId): readonly UserId[] {
  const members = house.homeserver.rooms.get(room)?.members;
  return [...(members ?? [])].flatMap(([user, how]) => (how === 'invite' ? [must(parseUserId(user))] : []));
}

/** A room of the bots, as they make it. */
export async function ourRoom(house: House, use: RoomUse, members: readonly UserId[]): Promise<RoomId> {
  const { homeserver } = house;
  const as = use.kind === 'desk' ? homeserver.compliance : homeserver.gatehouse;
  const made = await homeserver.createRoom({
    as,
    name: use.kind,
    invite: members,
    creationContent: {},
    initialState: [],
  });
  if (!made.ok) throw new Error('the room was not made');
  const room = made.value;
  for (const member of members) homeserver.membership(room, member, 'join');
  const source = { system: 'gatehouse', id: `made/${room}`, sure: true };
  await house.test.journal.append([{ kind: 'room.made', at: house.clock.now(), source, room, body: { room, use } }]);
  await house.settle();
  return room;
}

export function desk(house: House): Promise<RoomId> {
  return ourRoom(house, { kind: 'desk', desk: must(parseDeskId('main')) }, [admin]);
}

interface Upgrade {
  readonly invite?: readonly UserId[];
  readonly state?: Readonly<Record<string, JsonObject>>;
  readonly power?: boolean;
  readonly predecessor?: string;
}

/** As a client with power upgrades a room: the new one is made and then named in the old one. */
export async function upgrade(house: House, from: RoomId, how: Upgrade = {}): Promise<RoomId> {
  const { homeserver } = house;
  const { gatehouse } = homeserver;
  const { invite = [gatehouse, annsGhost, alice, bob], state = {}, power = true } = how;
  const made = await homeserver.createRoom({
    as: admin,
    name: 'upgraded',
    invite,
    creationContent: { predecessor: { room_id: how.predecessor ?? from } },
    initialState: Object.entries(state).map(([type, content]) => ({ type, state_key: '', content })),
    powerLevels: { state_default: 100, invite: 50, users: power ? { [gatehouse]: 100 } : {} },
  });
  if (!made.ok) throw new Error('the new room was not made');
  if (!power) homeserver.powerless.add(`${made.value} ${gatehouse}`);
  homeserver.change(admin, from, { type: 'm.room.tombstone', content: { body: '', replacement_room: made.value } });
  return made.value;
}
