import { describe, expect, test } from '@jest/globals';
import { alice, bob, carla, openHouse, stranger, type House } from './house.ts';
import { admin, annsGhost, desk, invited, ourRoom, portalRoom } from './room-acts.ts';
import { user } from './fake-homeserver.ts';
import { must, parseUserId, type RoomId, type UserId } from '../../../src/core/ids.ts';

const ANN = '+1 202 555 0199 (SMS)';

async function newestRoom(house: House): Promise<RoomId> {
  const opened = (await house.entries('portal.opened')).at(-1);
  if (opened === undefined) throw new Error('no portal was opened');
  return opened.body.room;
}

function mentioned(house: House, room: RoomId): unknown {
  const said = house.homeserver.rooms.get(room)?.events.findLast((event) => event.type === 'm.room.message');
  return said?.content['m.mentions'];
}

async function someonesRoom(house: House, members: readonly UserId[]): Promise<RoomId> {
  const made = await house.homeserver.createRoom({
    as: alice,
    name: 'own',
    invite: members,
    creationContent: {},
    initialState: [],
  });
  if (!made.ok) throw new Error('the room was not made');
  return made.value;
}

describe('a colleague who left a portal, or was put out of it', () => {
  test.each([
    ['left', alice],
    ['was put out', admin],
  ])('and %s is not invited to its next room', async (_what, by) => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    house.homeserver.membership(old, alice, 'join');
    house.homeserver.membership(old, alice, 'leave', by);
    await house.settle();
    house.clock.advance(3_600_000);
    house.homeserver.deleteRoom(old);
    await house.settle();
    await house.receive('Hello?');
    const room = await newestRoom(house);
    expect(invited(house, room)).toEqual([bob]);
    await house.receive('Anybody?');
    expect(house.homeserver.rooms.get(room)?.members.get(alice)).toBeUndefined();
  });

  test('is invited again once a person has asked them back', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    house.homeserver.membership(old, alice, 'leave', admin);
    await house.settle();
    house.homeserver.membership(old, alice, 'invite', bob);
    await house.settle();
    house.clock.advance(3_600_000);
    house.homeserver.deleteRoom(old);
    await house.settle();
    await house.receive('Hello?');
    expect(invited(house, await newestRoom(house))).toEqual([alice, bob]);
  });
});

describe('a colleague whose account is out of use', () => {
  test('is neither invited nor mentioned where the admin’s token tells, and is again within minutes when let in', async () => {
    await using house = await openHouse();
    const away = new Set([bob]);
    house.homeserver.account = (who) => Promise.resolve({ ok: true, value: away.has(who) ? 'away' : 'active' });
    const room = await portalRoom(house);
    expect(invited(house, room)).toEqual([alice]);
    expect(mentioned(house, room)).toEqual({ user_ids: [alice] });
    away.clear();
    await house.pass(600_000);
    await house.receive('Hello?');
    expect(mentioned(house, room)).toEqual({ user_ids: [alice, bob] });
    expect(house.homeserver.rooms.get(room)?.members.get(bob)).toBe('invite');
  });

  test('who can’t be invited keeps nobody’s text waiting, and is asked again an hour later', async () => {
    await using house = await openHouse();
    house.homeserver.uninvitable.add(bob);
    const room = await portalRoom(house);
    expect(house.shown(room)).toEqual([`${ANN}: Hi`]);
    expect(house.homeserver.rooms.get(room)?.members.get(alice)).toBe('invite');
    expect(
      [...house.homeserver.rooms.values()].filter(({ made }) => 'org.gatehouse.portal' in made.creationContent),
    ).toHaveLength(1);
    house.homeserver.uninvitable.clear();
    await house.receive('two');
    expect(house.homeserver.rooms.get(room)?.members.get(bob)).toBeUndefined();
    await house.pass(3_700_000);
    await house.receive('three');
    expect(house.homeserver.rooms.get(room)?.members.get(bob)).toBe('invite');
  });

  test('and was the last of the line: its texts are shown all the same, and the desk is told once a day', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    for (const who of [alice, bob]) house.homeserver.membership(room, who, 'leave');
    await house.settle();
    await house.receive('one');
    await house.receive('two');
    expect(house.shown(room).slice(1)).toEqual([`${ANN}: one`, `${ANN}: two`]);
    expect(house.shown(office)).toEqual([
      `@compliance:acme.example: Nobody is left on Sales: a text from ${ANN} was shown where no staff can read it. Put somebody on the line, or invite a colleague into the chat.`,
    ]);
    await house.pass(86_400_000);
    await house.receive('three');
    expect(house.shown(office)).toHaveLength(2);
  });
});

describe('a ghost whose account an admin took out of use', () => {
  test.each(['M_USER_DEACTIVATED', 'M_USER_LOCKED', 'M_USER_SUSPENDED'])(
    '(%s) is spoken for by @gatehouse, and the desk is told once',
    async (errcode) => {
      await using house = await openHouse();
      const office = await desk(house);
      const room = await portalRoom(house);
      house.homeserver.refused.set(annsGhost, errcode);
      await house.receive('one');
      await house.receive('two');
      expect(house.shown(room).slice(1)).toEqual([
        '@gatehouse:acme.example: +1 202 555 0199: one',
        '@gatehouse:acme.example: +1 202 555 0199: two',
      ]);
      expect(house.shown(office)).toHaveLength(1);
      expect(house.shown(office)[0]).toContain(`doesn't let the account of ${ANN} act`);
      house.homeserver.refused.clear();
      await house.receive('three');
      expect(house.shown(room).at(-1)).toBe(`${ANN}: three`);
      expect(await house.entries('room.gone')).toHaveLength(0);
    },
  );
});

describe('an invitation to a room that is none of ours', () => {
  test('is declined by a ghost, which says where to turn, in the room and in the inviter’s own chat', async () => {
    await using house = await openHouse();
    const chat = await ourRoom(house, { kind: 'staff', user: alice }, [alice]);
    await portalRoom(house);
    const own = await someonesRoom(house, [annsGhost]);
    await house.pass(5_000);
    const members = house.homeserver.rooms.get(own);
    expect(members?.members.get(annsGhost)).toBe('leave');
    expect(members?.events.at(-1)).toMatchObject({ sender: annsGhost, content: { membership: 'leave' } });
    expect(members?.events.at(-1)?.content['reason']).toBe(
      `${ANN} is only a stand-in for a customer and takes no invitations. To write to a customer, send !sms and the number to @gatehouse.`,
    );
    expect(house.shown(chat)).toHaveLength(1);
  });

  test.each([
    ['@archivist by a colleague', user('archivist'), alice],
    ['@gatehouse by another server', user('gatehouse'), must(parseUserId('@eve:other.example'))],
  ])('is declined by %s', async (_what, guest, inviter) => {
    await using house = await openHouse();
    const own = await someonesRoom(house, []);
    house.homeserver.membership(own, guest, 'invite', inviter);
    await house.pass(5_000);
    expect(house.homeserver.rooms.get(own)?.members.get(guest)).toBe('leave');
  });

  test('is left unanswered after twenty an hour, and the inviter hears of the first alone', async () => {
    await using house = await openHouse();
    const chat = await ourRoom(house, { kind: 'staff', user: alice }, [alice]);
    await portalRoom(house);
    const rooms: RoomId[] = [];
    for (let count = 0; count < 25; count += 1) rooms.push(await someonesRoom(house, [annsGhost]));
    await house.pass(5_000);
    const declined = rooms.filter((room) => house.homeserver.rooms.get(room)?.members.get(annsGhost) === 'leave');
    expect(declined).toHaveLength(20);
    expect(house.shown(chat)).toHaveLength(1);
  });

  test('leaves the ghost in its own portal, where a person asks it back', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    house.homeserver.membership(room, annsGhost, 'invite', admin);
    await house.pass(5_000);
    expect(house.homeserver.rooms.get(room)?.members.get(annsGhost)).toBe('join');
  });
});

describe('somebody in a portal who is not on the line', () => {
  test('is told to the desk once, and a new colleague is not', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    house.staff.push(carla);
    for (const who of [stranger, carla]) {
      house.homeserver.membership(room, who, 'invite', bob);
      house.homeserver.membership(room, who, 'join');
      await house.settle();
    }
    expect(house.shown(office)).toEqual([
      `@compliance:acme.example: bob brought mallory into the chat with ${ANN} and is not on Sales: they can read it, and what they write there is not sent. Remove them from the room if that isn't meant.`,
    ]);
  });
});

describe('a portal that somebody changed', () => {
  test.each([
    [
      'm.room.join_rules',
      { join_rule: 'public' },
      { join_rule: 'invite' },
      'opened it to more than invited people (public)',
    ],
    ['m.room.guest_access', { guest_access: 'can_join' }, { guest_access: 'forbidden' }, 'let guests in'],
    [
      'm.room.history_visibility',
      { history_visibility: 'world_readable' },
      { history_visibility: 'shared' },
      'readable for everybody',
    ],
  ])('in its %s is set back, and the desk is told', async (type, opened, shut, words) => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    house.homeserver.change(admin, room, { type, content: opened });
    await house.settle();
    expect(house.homeserver.rooms.get(room)?.state.get(`${type} `)).toEqual(shut);
    expect(house.shown(office)).toHaveLength(1);
    expect(house.shown(office)[0]).toContain(`admin changed the chat with ${ANN}: `);
    expect(house.shown(office)[0]).toContain(`${words}. It is set back.`);
  });

  test('where @gatehouse has no power stays changed, and the desk hears who must put it right', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    house.homeserver.powerless.add(`${room} ${house.homeserver.gatehouse}`);
    house.homeserver.change(admin, room, { type: 'm.room.join_rules', content: { join_rule: 'public' } });
    await house.settle();
    expect(house.shown(office).join()).toContain('no power to set it back: somebody with power in the room must');
  });

  test('again and again by a program is answered five times an hour', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    for (let time = 0; time < 9; time += 1) {
      house.homeserver.change(admin, room, { type: 'm.room.join_rules', content: { join_rule: 'public' } });
      await house.settle();
    }
    expect(house.shown(office)).toHaveLength(5);
  });

  test('to be stricter, or by name and topic, is the staff’s own', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    house.homeserver.change(bob, room, { type: 'm.room.name', content: { name: 'Ann, the difficult one' } });
    house.homeserver.change(bob, room, { type: 'm.room.topic', content: { topic: 'x' } });
    house.homeserver.change(bob, room, {
      type: 'm.room.history_visibility',
      content: { history_visibility: 'joined' },
    });
    await house.settle();
    expect(house.shown(office)).toEqual([]);
  });

  test('so that @gatehouse has no power any more is told to the desk', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    house.homeserver.rooms.get(room)?.state.set('m.room.create ', { room_version: '10' });
    const users = { [house.homeserver.gatehouse]: 0 };
    house.homeserver.change(admin, room, { type: 'm.room.power_levels', content: { state_default: 100, users } });
    await house.settle();
    expect(house.shown(office).join()).toContain("took @gatehouse's power there");
  });

  test('so that @gatehouse has no power any more is undone with an admin’s token, and told', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    const state = house.homeserver.rooms.get(room)?.state;
    state?.set('m.room.create ', { room_version: '10' });
    house.homeserver.takeCharge = ({ user: who }) => {
      state?.set('m.room.power_levels ', { state_default: 100, users: { [who]: 100 } });
      return Promise.resolve({ ok: true, value: undefined });
    };
    const users = { [house.homeserver.gatehouse]: 0 };
    house.homeserver.change(admin, room, { type: 'm.room.power_levels', content: { state_default: 100, users } });
    await house.settle();
    expect(house.shown(office).join()).toContain("took @gatehouse's power there. It has it back.");
  });

  test('to be encrypted is given up: the room and the desk are told, and the next text opens a new one', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const room = await portalRoom(house);
    house.homeserver.change(admin, room, { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } });
    await house.settle();
    expect(house.shown(room).at(-1)).toContain("This room was encrypted, and Gatehouse can't read it");
    expect(house.shown(office)).toHaveLength(1);
    expect(house.shown(office)[0]).toContain("it was encrypted, and Gatehouse can't read it");
    await house.receive('Hello?');
    expect(house.shown(await newestRoom(house))).toEqual([`${ANN}: Hello?`]);
  });
});
