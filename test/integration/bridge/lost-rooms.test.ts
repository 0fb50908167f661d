import { describe, expect, test } from '@jest/globals';
import { alice, ann, bob, openHouse, sales, type House } from './house.ts';
import { admin, annsGhost, desk, invited, portalRoom } from './room-acts.ts';
import type { RoomId } from '../../../src/core/ids.ts';

const ANN = '+1 202 555 0199 (SMS)';

async function newestRoom(house: House): Promise<RoomId> {
  const opened = (await house.entries('portal.opened')).at(-1);
  if (opened === undefined) throw new Error('no portal was opened');
  return opened.body.room;
}

describe('a portal whose room was deleted', () => {
  test('is told to the desk once, and the next texts open one new room with everybody in it', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const old = await portalRoom(house);
    house.homeserver.membership(old, alice, 'join');
    house.homeserver.deleteRoom(old);
    await house.settle();
    expect(await house.entries('room.gone')).toHaveLength(1);
    await house.receive('one');
    await house.receive('two');
    const room = await newestRoom(house);
    expect(room).not.toBe(old);
    expect(house.shown(room)).toEqual([`${ANN}: one`, `${ANN}: two`]);
    expect(invited(house, room)).toEqual([alice, bob]);
    expect(house.shown(office)).toHaveLength(1);
    expect(house.shown(office)[0]).toContain(
      `The chat with ${ANN} on Sales lost its room: @gatehouse was removed from it.`,
    );
    expect(await house.entries('portal.opened')).toHaveLength(2);
  });

  test('ends what waited in it visibly: nothing is sent, and the desk is told once', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const old = await portalRoom(house);
    house.network.answers.push({ state: 'retry', afterMs: 60_000, scope: 'line', reason: 'provider-down' });
    const first = await house.write(alice, old, 'one');
    const second = await house.write(bob, old, 'two');
    house.homeserver.deleteRoom(old);
    await house.pass(120_000);
    expect(house.network.sent).toHaveLength(1);
    for (const { position } of [first, second]) {
      expect(await house.message(position)).toMatchObject({ state: 'failed', reason: 'room-gone' });
    }
    expect(house.shown(office).filter((line) => line.includes('Not sent: alice wrote'))).toHaveLength(1);
  });

  test('without our having seen it go is found lost by the text itself, which is shown in the new room', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    house.homeserver.deleteRoom(old);
    house.homeserver.unseen.splice(0);
    await house.receive('Hello?');
    expect(await house.entries('room.gone')).toHaveLength(1);
    expect(house.shown(await newestRoom(house))).toEqual([`${ANN}: Hello?`]);
  });

  test('opens anew for !sms too, and its entry says for whose wish', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    house.homeserver.deleteRoom(old);
    house.homeserver.unseen.splice(0);
    const source = { system: 'gatehouse', id: 'wanted-1', sure: true };
    const because = (await house.entries('network.message'))[0]?.position;
    if (because === undefined) throw new Error('nothing was received');
    const body = { line: sales.id, network: sales.network, address: ann, by: alice, because, text: 'Hello' };
    await house.test.journal.append([
      { kind: 'portal.wanted', at: house.clock.now(), source, class: sales.class, body },
    ]);
    await house.pass(10_000);
    const [wanted] = await house.entries('portal.wanted');
    const opened = (await house.entries('portal.opened')).at(-1)?.body;
    expect(opened?.because).toBe(wanted?.position);
    expect(opened && house.shown(opened.room)[0]).toBe('@gatehouse:acme.example: alice wrote: Hello');
  });

  test('a space that was deleted keeps no chat from opening', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const space = (await house.entries('room.made'))[0]?.body.room;
    if (space === undefined) throw new Error('there is no space');
    house.homeserver.deleteRoom(space);
    house.homeserver.deleteRoom(old);
    await house.settle();
    await house.receive('Hello?');
    expect(house.shown(await newestRoom(house))).toEqual([`${ANN}: Hello?`]);
  });
});

describe('@gatehouse put out of a portal', () => {
  test('goes back where the room lets it in', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const { homeserver } = house;
    homeserver.change(homeserver.gatehouse, room, { type: 'm.room.join_rules', content: { join_rule: 'public' } });
    homeserver.membership(room, homeserver.gatehouse, 'leave', admin);
    await house.settle();
    expect(await house.entries('room.gone')).toHaveLength(0);
    await house.receive('Hello?');
    expect(house.shown(room).at(-1)).toBe(`${ANN}: Hello?`);
  });

  test.each(['leave', 'ban'])(
    'by “%s” gives the room up, and declines a later invitation to it',
    async (membership) => {
      await using house = await openHouse();
      const room = await portalRoom(house);
      const { homeserver } = house;
      homeserver.membership(room, homeserver.gatehouse, membership, admin);
      await house.settle();
      expect(await house.entries('room.gone')).toHaveLength(1);
      homeserver.membership(room, homeserver.gatehouse, 'invite', admin);
      await house.pass(5_000);
      expect(homeserver.rooms.get(room)?.members.get(homeserver.gatehouse)).toBe('leave');
    },
  );
});

describe("the customer's side put out of a portal", () => {
  test.each(['leave', 'ban'])('by “%s” is put back each time, and the room is told once', async (membership) => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const { homeserver } = house;
    for (let time = 0; time < 2; time += 1) {
      homeserver.membership(room, annsGhost, membership, admin);
      await house.settle();
      expect(homeserver.rooms.get(room)?.members.get(annsGhost)).toBe('join');
    }
    expect(house.shown(room).slice(1)).toEqual([
      "@gatehouse:acme.example: +1 202 555 0199's side was removed from this room. It is back: without it +1 202 555 0199's texts can't be shown here.",
    ]);
    expect(await house.entries('room.gone')).toHaveLength(0);
  });

  test('again and again by a program is put back five times an hour, and with the next text', async () => {
    await using house = await openHouse();
    const room = await portalRoom(house);
    const { homeserver } = house;
    for (let time = 0; time < 7; time += 1) {
      homeserver.membership(room, annsGhost, 'leave', admin);
      await house.settle();
    }
    expect(homeserver.rooms.get(room)?.members.get(annsGhost)).toBe('leave');
    await house.receive('Hello?');
    expect(house.shown(room).at(-1)).toBe(`${ANN}: Hello?`);
  });
});
