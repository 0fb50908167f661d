import { expect, test } from '@jest/globals';
import { isJsonObject } from '../../../src/core/json.ts';
import { connectorGate, must, parseRemoteId, type Address, type EventId, type RoomId } from '../../../src/core/ids.ts';
import { alice, ann, carrier, openHouse, type House } from '../bridge/house.ts';
import { answer, down, numberOf, openPortals } from './waiting-house.ts';

const PORTALS = 2_000;
const EACH = 5;
const SOON = 30;
/** Rooms through which the network goes at once when it is back, so that their marks pile up. */
const THROUGH = 300;
const TOO_LONG = 'x'.repeat(1_601);

/** What the bot put on or under an event: its reactions, and the replies that say why. */
function said(house: House, room: RoomId, event: EventId): readonly string[] {
  return (house.homeserver.rooms.get(room)?.events ?? []).flatMap(({ content }) => {
    const relation = content['m.relates_to'];
    if (!isJsonObject(relation)) return [];
    const { event_id: marked, key } = relation;
    if (marked === event && typeof key === 'string') return [key];
    const reply = relation['m.in_reply_to'];
    const body = content['body'];
    return isJsonObject(reply) && reply['event_id'] === event && typeof body === 'string' ? [body] : [];
  });
}

/** Seconds until `done`, which may take no longer than twice what it should. */
async function secondsUntil(house: House, done: () => boolean): Promise<number> {
  for (let seconds = 0; seconds <= 2 * SOON; seconds += 1) {
    if (done()) return seconds;
    house.clock.advance(1_000);
    await house.settle();
  }
  return Infinity;
}

async function pass(house: House, seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n += 1) {
    house.clock.advance(1_000);
    await house.settle();
  }
}

/** Alice writes in a room. */
async function write(house: House, room: RoomId, body: string): Promise<EventId> {
  const { event_id } = house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body } });
  await house.settle();
  return event_id;
}

/** What alice wrote there, in order. */
function written(house: House, room: RoomId): readonly EventId[] {
  const events = house.homeserver.rooms.get(room)?.events ?? [];
  return events
    .filter(({ sender, type }) => sender === alice && type === 'm.room.message')
    .map((event) => event.event_id);
}

test('with ten thousand messages waiting in two thousand rooms, a fresh mark and the reason of a failure come in seconds', async () => {
  await using house = await openHouse();
  const { network, runner, clock } = house;
  const rooms = await openPortals(house, PORTALS + 2);
  const [crowded, other, refused] = [rooms[PORTALS - 1], rooms[PORTALS - 2], rooms[PORTALS - 3]];
  const [quiet, empty] = rooms.slice(PORTALS);
  if (!crowded || !other || !refused || !quiet || !empty) throw new Error('too few rooms');
  network.hand = () => Promise.resolve(down);
  await answer(house, rooms.slice(0, PORTALS), EACH);
  await runner.idle();
  await pass(house, 20);

  // Only marks wait.
  const first = await write(house, crowded, 'first');
  expect(await secondsUntil(house, () => said(house, crowded, first).includes('⏳'))).toBeLessThan(SOON);
  const long = await write(house, quiet, TOO_LONG);
  expect(await secondsUntil(house, () => said(house, quiet, long).length === 2)).toBeLessThan(SOON);
  expect(said(house, quiet, long)).toEqual(['⚠️', expect.stringContaining('too long')]);

  // Two thousand rooms are being told that a message waits.
  await pass(house, 60);
  const second = await write(house, other, 'second');
  expect(await secondsUntil(house, () => said(house, other, second).includes('⏳'))).toBeLessThan(SOON);
  const longer = await write(house, empty, TOO_LONG);
  expect(await secondsUntil(house, () => said(house, empty, longer).length === 2)).toBeLessThan(SOON);

  // The network is back: in a few hundred rooms everything went out, and every ⏳ or nothing is to become a ✓.
  const allowed = new Set<Address>();
  const addressOf = new Map(rooms.map((room, portal) => [room, numberOf(portal)]));
  const allow = (room: RoomId): void => {
    const address = addressOf.get(room);
    if (address !== undefined) allowed.add(address);
  };
  const waits = new Map<Address, PromiseWithResolvers<undefined>>();
  network.place = ({ to }) => {
    if (allowed.has(to)) return undefined;
    const wait = waits.get(to) ?? Promise.withResolvers<undefined>();
    waits.set(to, wait);
    return wait.promise;
  };
  network.hand = ({ to, text, position }) =>
    Promise.resolve(
      to === addressOf.get(refused) && text === '3'
        ? { state: 'failed', reason: 'rejected', detail: 'spam' }
        : { state: 'sent', ids: [must(parseRemoteId(`id-${position}`))] },
    );
  rooms.slice(0, THROUGH).forEach(allow);
  runner.openGate(connectorGate(carrier));
  await pass(house, 5);
  expect((await runner.summary()).ready).toBeGreaterThan(THROUGH * EACH);

  const goes = (room: RoomId): void => {
    allow(room);
    waits.get(addressOf.get(room) ?? ann)?.resolve(undefined);
  };
  goes(crowded);
  expect(await secondsUntil(house, () => said(house, crowded, first).includes('✓'))).toBeLessThan(SOON);
  goes(refused);
  const failed = written(house, refused)[3];
  if (failed === undefined) throw new Error('nothing was written');
  expect(await secondsUntil(house, () => said(house, refused, failed).length === 2)).toBeLessThan(SOON);
  expect(said(house, refused, failed)).toEqual(['⚠️', expect.stringContaining('refused it (spam)')]);
  // The marks of messages that went out long ago are still to come, and no ⏳ of theirs any more.
  const [oldest] = rooms;
  if (oldest === undefined) throw new Error('no room');
  expect(
    written(house, oldest)
      .flatMap((event) => said(house, oldest, event))
      .filter((key) => key === '⏳').length,
  ).toBeLessThanOrEqual(1);
  expect(clock.timers).toBeLessThanOrEqual(4);
}, 240_000);
