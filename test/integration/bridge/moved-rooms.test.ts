import { describe, expect, test } from '@jest/globals';
import { alice, ann, openHouse, sales, type House } from './house.ts';
import { desk, annsGhost, ourRoom, portalRoom, upgrade } from './room-acts.ts';
import type { RoomId } from '../../../src/core/ids.ts';

const ANN = '+1 202 555 0199 (SMS)';

function stateOf(house: House, room: RoomId, key: string) {
  return house.homeserver.rooms.get(room)?.state.get(key);
}

async function spaceOf(house: House): Promise<RoomId> {
  const made = (await house.entries('room.made')).find((entry) => entry.body.use.kind === 'space');
  if (made === undefined) throw new Error('there is no space');
  return made.body.room;
}

/** In the old room only who has power may speak; a ghost that is refused joins and tries once more. */
function closedToGhosts({ homeserver }: House): void {
  for (let tries = 0; tries < 2; tries += 1) {
    homeserver.fail('send', { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'events_default' });
  }
}

describe('a portal whose room is upgraded', () => {
  test('goes on in the new room: texts are shown there, and answers from there go out', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const next = await upgrade(house, old);
    await house.settle();
    expect((await house.entries('portal.moved')).map((entry) => entry.body)).toEqual([
      { portal: 'p1', from: old, to: next },
    ]);
    await house.receive('Still there?');
    expect(house.shown(next)).toEqual([`${ANN}: Still there?`]);
    expect(house.shown(old)).toEqual([`${ANN}: Hi`]);
    house.homeserver.membership(next, alice, 'join');
    const { position } = await house.write(alice, next, 'Yes!');
    expect(house.network.sent.map((message) => message.text)).toEqual(['Yes!']);
    await house.pass(3_000);
    expect(house.shown(next).at(-1)).toBe('[✓]');
    expect((await house.message(position))?.portal).toBe('p1');
  });

  test('and shown a text before its tombstone comes, goes there as well: nothing is lost, and no third room is opened', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const office = await desk(house);
    const next = await upgrade(house, old);
    closedToGhosts(house);
    await house.receive('Did you get it?');
    expect(house.shown(next)).toEqual([`${ANN}: Did you get it?`]);
    expect((await house.entries('portal.moved')).map((entry) => entry.body)).toEqual([
      { portal: 'p1', from: old, to: next },
    ]);
    expect(await house.entries('portal.opened')).toHaveLength(1);
    expect(house.shown(office).join()).not.toContain('lost its room');
    house.homeserver.membership(next, alice, 'join');
    await house.write(alice, next, 'I did');
    expect(house.network.sent.map((message) => message.text)).toEqual(['I did']);
  });

  test('and asked for by !sms before its tombstone comes, is opened in the new room', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const next = await upgrade(house, old);
    closedToGhosts(house);
    const because = (await house.entries('network.message'))[0]?.position;
    if (because === undefined) throw new Error('nothing was received');
    const body = { line: sales.id, network: sales.network, address: ann, by: alice, because, text: 'Hello' };
    const source = { system: 'gatehouse', id: 'wanted-1', sure: true };
    await house.test.journal.append([
      { kind: 'portal.wanted', at: house.clock.now(), source, class: sales.class, body },
    ]);
    await house.runner.idle();
    expect((await house.entries('portal.moved')).map((entry) => entry.body.to)).toEqual([next]);
    await house.pass(10_000);
    expect(house.shown(next)).toContain('@gatehouse:acme.example: alice wrote: Hello');
    expect(await house.entries('portal.opened')).toHaveLength(1);
  });

  test('in favour of a room that does not follow it is lost, and the text opens a new one', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const other = await upgrade(house, old, { predecessor: '!another:acme.example' });
    closedToGhosts(house);
    await house.receive('Did you get it?');
    expect(house.shown(other)).toEqual([]);
    const opened = (await house.entries('portal.opened')).map((entry) => entry.body.room);
    expect(opened).toEqual([old, expect.not.stringMatching(other)]);
    expect((await house.entries('room.gone')).map((entry) => entry.body.room)).toEqual([old]);
  });

  test('says there that it is bridged, and stands in the space instead of the old room', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const next = await upgrade(house, old);
    await house.settle();
    const space = await spaceOf(house);
    expect(stateOf(house, next, 'm.bridge org.gatehouse/sms/p1')).toMatchObject({ protocol: { id: 'sms' } });
    expect(stateOf(house, space, `m.space.child ${next}`)).toEqual({ via: ['acme.example'] });
    expect(stateOf(house, space, `m.space.child ${old}`)).toEqual({});
  });

  test('sends in order what was written in the old room, in the new one before the move, and after it', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const { homeserver } = house;
    // Alice's client knows the new room at once; the homeserver answers us only later.
    homeserver.fail('ensureJoined', { kind: 'down', detail: 'restarting' });
    homeserver.write(alice, old, { content: { msgtype: 'm.text', body: 'one' } });
    const next = await upgrade(house, old);
    homeserver.membership(next, alice, 'join');
    homeserver.write(alice, next, { content: { msgtype: 'm.text', body: 'two' } });
    await house.settle();
    expect(await house.entries('portal.moved')).toHaveLength(0);
    expect(house.network.sent.map((message) => message.text)).toEqual(['one']);
    await house.pass(60_000);
    homeserver.write(alice, next, { content: { msgtype: 'm.text', body: 'three' } });
    await house.pass(3_000);
    expect(house.network.sent.map((message) => message.text)).toEqual(['one', 'two', 'three']);
  });

  test('takes a late message of the old room for what it is: a message to the customer', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    await upgrade(house, old);
    await house.settle();
    const { position } = await house.write(alice, old, 'sent before');
    expect(house.network.sent.map((message) => message.text)).toEqual(['sent before']);
    await house.pass(3_000);
    expect(house.shown(old).at(-1)).toBe('[✓]');
    expect((await house.message(position))?.state).toBe('sent');
  });

  test('tells in the new room why a message of the old one failed', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const next = await upgrade(house, old);
    await house.settle();
    house.network.answers.push({ state: 'failed', reason: 'rejected', detail: 'no' });
    await house.write(alice, old, 'no luck');
    await house.pass(3_000);
    expect(house.shown(next).at(-1)).toContain('Not sent: SMS refused it (no)');
  });

  test('waits to be let in, tells the desk what to do, and moves when @gatehouse is invited', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const old = await portalRoom(house);
    const next = await upgrade(house, old, { invite: [] });
    for (let time = 0; time < 8; time += 1) await house.pass(10_000);
    expect(house.shown(office)).toHaveLength(1);
    expect(house.shown(office)[0]).toContain('Invite @gatehouse there, and the chat moves.');
    await house.receive('Meanwhile');
    expect(house.shown(old).at(-1)).toContain('Meanwhile');
    house.homeserver.membership(next, house.homeserver.gatehouse, 'invite', alice);
    await house.settle();
    expect(await house.entries('portal.moved')).toHaveLength(1);
    expect(house.homeserver.rooms.get(next)?.members.get(annsGhost)).toBe('join');
  });

  test('is let in by the admin’s token where there is one', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const { homeserver } = house;
    homeserver.takeCharge = ({ user, room }) => {
      homeserver.powerless.delete(`${room} ${user}`);
      if (homeserver.rooms.get(room)?.members.get(user) !== 'join') homeserver.membership(room, user, 'invite', alice);
      return Promise.resolve({ ok: true, value: undefined });
    };
    const next = await upgrade(house, old, { invite: [], power: false });
    await house.settle();
    expect(await house.entries('portal.moved')).toHaveLength(1);
    // The invitation by which it came in is brought after the move, and is none to decline.
    await house.pass(10_000);
    expect(homeserver.rooms.get(next)?.members.get(homeserver.gatehouse)).toBe('join');
    await house.receive('Still there?');
    expect(house.shown(next).at(-1)).toBe(`${ANN}: Still there?`);
  });

  test('moves without power where nobody gives it, and the desk is told', async () => {
    await using house = await openHouse();
    const office = await desk(house);
    const old = await portalRoom(house);
    const next = await upgrade(house, old, { power: false });
    await house.settle();
    await house.receive('Hello');
    expect(house.shown(next)).toEqual([`${ANN}: Hello`]);
    expect(house.shown(office).join()).toContain('in which @gatehouse has no power');
  });

  test.each([
    [
      'encrypted',
      { state: { 'm.room.encryption': { algorithm: 'm.megolm.v1.aes-sha2' } } },
      'the new room is encrypted',
    ],
    ['somebody’s own', { predecessor: '!else:acme.example' }, 'does not follow it'],
  ])(
    'stays where it is when the new room is %s; what is written there is not sent, and the desk is told',
    async (_what, how, words) => {
      await using house = await openHouse();
      const office = await desk(house);
      const old = await portalRoom(house);
      const next = await upgrade(house, old, how);
      await house.settle();
      expect(house.shown(office)[0]).toContain(words);
      await house.write(alice, next, 'one');
      await house.write(alice, next, 'two');
      await house.pass(300_000);
      expect(house.network.sent).toEqual([]);
      const outcomes = (await house.entries('delivery.outcome')).filter((entry) => entry.body.target === 'network');
      expect(outcomes.map((entry) => entry.body.reason)).toEqual(['room-gone', 'room-gone']);
      expect(house.shown(office).filter((line) => line.includes('Not sent: alice wrote'))).toHaveLength(1);
      await house.receive('Hello?');
      expect(house.shown(old).at(-1)).toBe(`${ANN}: Hello?`);
    },
  );

  test('named in another portal’s tombstone is nobody’s to take', async () => {
    await using house = await openHouse();
    const old = await portalRoom(house);
    const space = await spaceOf(house);
    house.homeserver.change(alice, space, { type: 'm.room.tombstone', content: { replacement_room: old } });
    await house.pass(60_000);
    expect(await house.entries('portal.moved')).toHaveLength(0);
    expect((await house.entries('room.made')).map((entry) => entry.body.room)).toEqual([space]);
    await house.receive('Hello?');
    expect(house.shown(old).at(-1)).toBe(`${ANN}: Hello?`);
  });
});

describe('a room of our own that is upgraded', () => {
  test.each([
    ['a desk', () => desk],
    ['a chat with @gatehouse', () => (house: House) => ourRoom(house, { kind: 'staff', user: alice }, [alice])],
  ])('%s goes on in the new room', async (_what, make) => {
    await using house = await openHouse();
    const old = await make()(house);
    const { gatehouse, compliance } = house.homeserver;
    const next = await upgrade(house, old, { invite: [gatehouse, compliance, alice] });
    await house.settle();
    const made = (await house.entries('room.made')).at(-1)?.body;
    expect(made?.room).toBe(next);
    expect((await house.entries('room.gone')).map((entry) => entry.body)).toEqual([{ room: old, why: 'replaced' }]);
  });

  test('a line’s space takes the next portals', async () => {
    await using house = await openHouse();
    await portalRoom(house);
    const next = await upgrade(house, await spaceOf(house));
    await house.settle();
    expect((await house.entries('room.made')).at(-1)?.body).toEqual({
      room: next,
      use: { kind: 'space', line: sales.id },
    });
  });
});
