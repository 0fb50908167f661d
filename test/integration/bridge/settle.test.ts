import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseRemoteId, type RoomId } from '../../../src/core/ids.ts';
import { alice, carrier, openHouse, type House } from './house.ts';

const id = must(parseRemoteId('sm-1'));
const HOUR = 3_600_000;
const MAYBE = '⚠️ Maybe sent: SMS took it and never said what became of it. Ask +1 202 555 0199, or !retry (reply) to';

let house: House;
let room: RoomId;
beforeEach(async () => {
  house = await openHouse();
  await house.receive('Hi');
  const [opened] = await house.entries('portal.opened');
  if (opened === undefined) throw new Error('no portal');
  room = opened.body.room;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function outcomes(): Promise<readonly string[]> {
  const entries = await house.entries('delivery.outcome');
  return entries.flatMap(({ body }) =>
    body.target === 'network' ? [`${body.state} ${body.reason ?? ''}`.trim()] : [],
  );
}

async function receipt(state: 'accepted' | 'delivered'): Promise<void> {
  await house.bridge.inbound(carrier).outcome({
    id: `receipt-${state}`,
    sure: true,
    at: house.clock.now(),
    raw: Buffer.from(state),
    remoteId: id,
    state,
  });
  await house.settle();
}

describe('a message that the network took and means to tell of later', () => {
  test('is unclear when its time is over without a word, once, and says so in the room', async () => {
    house.network.answers.push({ state: 'pending', ids: [id], settleWithinMs: HOUR });
    const sent = await house.write(alice, room, 'Yes');
    await house.pass(HOUR - 10_000);
    expect(await house.message(sent.position)).toMatchObject({ state: 'pending' });
    await house.pass(20_000);
    await house.pass(HOUR);
    expect(await house.message(sent.position)).toMatchObject({ state: 'unknown', reason: 'unconfirmed' });
    expect(await outcomes()).toEqual(['pending', 'unknown unconfirmed']);
    expect(house.shown(room).filter((line) => line.includes(MAYBE))).toHaveLength(1);
    expect(house.network.sent).toHaveLength(1);
  });

  test.each([
    ['ahead', 24 * HOUR],
    ['back', -24 * HOUR],
  ])('is given its time also when our clock is set a day %s meanwhile', async (_, byMs) => {
    house.network.answers.push({ state: 'pending', ids: [id], settleWithinMs: HOUR });
    const sent = await house.write(alice, room, 'Yes');
    house.clock.jump(byMs);
    await house.pass(HOUR - 10_000);
    expect(await house.message(sent.position)).toMatchObject({ state: 'pending' });
    await house.pass(20_000);
    await house.pass(HOUR / 2);
    expect(await house.message(sent.position)).toMatchObject({ state: 'unknown', reason: 'unconfirmed' });
  });

  test('whose receipt comes in time is what the receipt says', async () => {
    house.network.answers.push({ state: 'pending', ids: [id], settleWithinMs: HOUR });
    const sent = await house.write(alice, room, 'Yes');
    await house.pass(10_000);
    await receipt('delivered');
    await house.pass(2 * HOUR);
    expect(await house.message(sent.position)).toMatchObject({ state: 'delivered' });
    expect(await outcomes()).toEqual(['pending']);
  });

  test('is delivered all the same when its receipt comes after it was called unclear', async () => {
    house.network.answers.push({ state: 'pending', ids: [id], settleWithinMs: HOUR });
    const sent = await house.write(alice, room, 'Yes');
    await house.pass(2 * HOUR);
    await house.pass(60_000);
    await receipt('delivered');
    expect(await house.message(sent.position)).toMatchObject({ state: 'delivered' });
  });

  test('does not hold back the next one, which is settled in its own time', async () => {
    house.network.answers.push({ state: 'pending', ids: [id], settleWithinMs: HOUR });
    const first = await house.write(alice, room, 'One');
    const second = await house.write(alice, room, 'Two');
    expect(await house.message(second.position)).toMatchObject({ state: 'sent' });
    expect(await house.message(first.position)).toMatchObject({ state: 'pending' });
  });

  test('is settled after a restart too', async () => {
    house.network.answers.push({ state: 'pending', ids: [id], settleWithinMs: HOUR });
    const sent = await house.write(alice, room, 'Yes');
    await house.pass(10_000);
    await house.stop();
    house.clock.advance(2 * HOUR);
    const { homeserver, network, clock } = house;
    const before = house;
    house = await openHouse({ place: before.test.place, homeserver, network, clock });
    await house.pass(60_000);
    expect(await house.message(sent.position)).toMatchObject({ state: 'unknown', reason: 'unconfirmed' });
    await before.test[Symbol.asyncDispose]();
  });

  test.each([
    ['accepted', 'sent', undefined],
    ['failed', 'failed', 'not-delivered'],
    ['unknown', 'unknown', 'unconfirmed'],
  ] as const)('is asked about first where the provider can be: %s is %s', async (word, state, reason) => {
    house.network.known = { state: word };
    house.network.answers.push({ state: 'pending', ids: [id], settleWithinMs: HOUR });
    const sent = await house.write(alice, room, 'Yes');
    await house.pass(HOUR + 10_000);
    await house.pass(60_000);
    expect(await house.message(sent.position)).toMatchObject({ state, reason });
  });
});
