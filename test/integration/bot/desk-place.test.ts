import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseRoomId, type RoomId } from '../../../src/core/ids.ts';
import { alice, desk, user } from '../../unit/bot/samples.ts';
import { openHouse, type House } from './house.ts';

const admin = user('@admin:acme.example');
const compliance = '@compliance:acme.example';
const refusal = { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'not invited' } as const;

let house: House;
let here: RoomId;
beforeEach(async () => {
  house = await openHouse();
  await house.bot.ensureRooms();
  await house.settle();
  here = house.homeserver.aliases.get(desk.room) ?? must(parseRoomId('!none:acme.example'));
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function putOut(membership: 'leave' | 'ban') {
  return house.event(admin, here, { membership }, { type: 'm.room.member', stateKey: compliance });
}

describe('@compliance put out of its desk', () => {
  test('goes back where it is let in', async () => {
    house.homeserver.rooms.get(here)?.members.delete(house.homeserver.compliance);
    await putOut('leave');
    expect(house.homeserver.rooms.get(here)?.members.get(house.homeserver.compliance)).toBe('join');
    expect(await house.entries('room.gone')).toHaveLength(0);
  });

  test.each(['leave', 'ban'] as const)(
    'by “%s” and not let in makes a new room under the address, and is asked there',
    async (how) => {
      house.homeserver.failures.push({ call: 'ensureJoined', failure: refusal });
      await putOut(how);
      const next = house.homeserver.aliases.get(desk.room);
      expect(next).toBeDefined();
      expect(next).not.toBe(here);
      expect((await house.entries('room.gone')).map((entry) => entry.body)).toEqual([{ room: here, why: 'removed' }]);
      expect((await house.entries('room.made')).at(-1)?.body).toEqual({
        room: next,
        use: { kind: 'desk', desk: desk.id },
      });
    },
  );
});

describe('@compliance invited', () => {
  function invite(room: RoomId) {
    return house.event(alice, room, { membership: 'invite' }, { type: 'm.room.member', stateKey: compliance });
  }

  test('to a room that is no desk declines with a reason', async () => {
    const own = house.homeserver.addRoom([alice]);
    await invite(own.id);
    expect(own.state.get(`m.room.member ${compliance}`)).toEqual({
      membership: 'leave',
      reason: 'I only answer at the compliance desk.',
    });
  });

  test('to the room that has a desk’s address comes, and answers there', async () => {
    const own = house.homeserver.addRoom([alice]);
    house.homeserver.aliases.set(desk.room, own.id);
    await invite(own.id);
    expect(own.members.get(house.homeserver.compliance)).toBe('join');
    expect((await house.entries('room.made')).at(-1)?.body.room).toBe(own.id);
  });
});
