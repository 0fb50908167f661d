import { afterEach, describe, expect, test } from '@jest/globals';
import { connectorGate, homeserverGate, must, parseRemoteId } from '../../../src/core/ids.ts';
import type { RoomId } from '../../../src/core/ids.ts';
import type { OutboundMessage } from '../../../src/core/ports/outbound.ts';
import { Pace } from '../../../src/networks/pace.ts';
import { carrier, openHouse, type House } from '../bridge/house.ts';
import { answer, down, HOUR, hoursPass, MINUTE, openPortals, PARALLEL, receive } from './waiting-house.ts';

const PORTALS = 2_000;
/** Fewer where everything goes on to its end: each answer is a dozen commits. */
const FEW = 120;
const EACH = 5;
const PER_SECOND = 20;
/** Marks and notices of all rooms together, in a second. */
const BUDGET = 5;
const STEP = 10 * MINUTE;

/** How many there are at most of what `during` is called in the midst of. */
function counted(): { during: () => Promise<void>; most: () => number } {
  let inside = 0;
  let most = 0;
  return {
    during: async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    },
    most: () => most,
  };
}

describe('a day without', () => {
  let house: House;

  afterEach(async () => {
    await house[Symbol.asyncDispose]();
  });

  const aDay = { hours: 24, step: STEP };
  const shownIn = (room: RoomId) =>
    (house.homeserver.rooms.get(room)?.events ?? [])
      .filter(({ type, sender }) => type === 'm.room.message' && house.homeserver.ghosts.has(sender))
      .map(({ content }) => content['body']);

  const marksIn = (room: RoomId) =>
    (house.homeserver.rooms.get(room)?.events ?? []).filter(({ type }) => type === 'm.reaction').length;

  const all = () => [...house.homeserver.rooms.keys()].map(shownIn).filter((texts) => texts.length > 0);

  test('the homeserver: ten thousand texts wait on disk, one lane asks, and nobody is stampeded when it is back', async () => {
    house = await openHouse();
    const { homeserver, runner, clock } = house;
    homeserver.outage = { kind: 'down', detail: 'connection refused' };
    await receive(house, PORTALS, { texts: EACH });
    await runner.idle();
    expect(homeserver.calls.length).toBeLessThanOrEqual(PARALLEL);
    const { timers, inAnHour } = await hoursPass(house, { ...aDay, calls: () => homeserver.calls.length });
    expect(timers).toBeLessThanOrEqual(3);
    expect(inAnHour).toBeLessThanOrEqual(12);
    expect(await house.test.journal.size()).toBeLessThanOrEqual(PORTALS * EACH + 10);
    expect(await runner.summary()).toMatchObject({ ready: PORTALS * EACH, dead: 0 });

    const at = counted();
    homeserver.during = async () => {
      await at.during();
      // It goes away again after a while, so that this test ends.
      if (homeserver.calls.length > 1_500) homeserver.outage = { kind: 'down', detail: 'connection refused' };
    };
    homeserver.outage = undefined;
    homeserver.calls.length = 0;
    clock.advance(10 * MINUTE);
    await runner.idle();
    expect(at.most()).toBeLessThanOrEqual(PARALLEL);
    expect(homeserver.calls.length).toBeLessThanOrEqual(1_501 + 2 * PARALLEL);
    const shown = all();
    expect(shown.length).toBeGreaterThan(50);
    for (const texts of shown) expect(texts).toEqual(Array.from({ length: texts.length }, (_, n) => `${n}`));
  }, 240_000);

  test('the homeserver: all that waited is shown, once and in order', async () => {
    house = await openHouse();
    const { homeserver, runner, clock } = house;
    homeserver.outage = { kind: 'down', detail: 'connection refused' };
    await receive(house, FEW, { texts: EACH });
    await hoursPass(house, { ...aDay, calls: () => 0 });
    homeserver.outage = undefined;
    clock.advance(10 * MINUTE);
    await runner.idle();
    expect(all()).toEqual(Array.from({ length: FEW }, () => Array.from({ length: EACH }, (_, n) => `${n}`)));
    expect(await runner.summary()).toMatchObject({ ready: 0, dead: 0 });
    expect(runner.isClosed(homeserverGate)).toBe(false);
  }, 120_000);

  test('the network: ten thousand answers wait on disk, one lane asks, and rooms are told at their own slow rate', async () => {
    house = await openHouse();
    const { homeserver, network, runner, clock } = house;
    const rooms = await openPortals(house, PORTALS);
    network.hand = () => Promise.resolve(down);
    await answer(house, rooms, EACH);
    await runner.idle();
    expect(network.sent.length).toBeLessThanOrEqual(PARALLEL);
    const before = await house.test.journal.size();

    const told: number[] = [];
    for (let second = 0; second < 45; second += 1) {
      const until = homeserver.calls.length;
      clock.advance(1_000);
      await runner.idle();
      told.push(homeserver.calls.length - until);
    }
    // The first finds a second's budget unspent.
    expect(Math.max(...told.slice(1))).toBeLessThanOrEqual(BUDGET + 1);
    const shares = told.reduce((sum, events) => sum + events, 0);
    expect(shares).toBeGreaterThan(42 * BUDGET);
    expect(shares).toBeLessThanOrEqual(46 * BUDGET);
    // The rooms in which somebody wrote last come first, but for those who found the budget unspent.
    const marked = rooms.slice(PARALLEL).filter((room) => marksIn(room) > 0);
    expect(marked.length).toBeGreaterThan(40);
    expect(marked).toEqual(rooms.slice(-marked.length));
    expect(marked.slice(2 * BUDGET).map(marksIn)).toEqual(marked.slice(2 * BUDGET).map(() => EACH));

    const { timers, inAnHour } = await hoursPass(house, {
      hours: 24,
      step: 2 * STEP,
      calls: () => network.sent.length,
    });
    expect(timers).toBeLessThanOrEqual(4);
    expect(inAnHour).toBeLessThanOrEqual(12);
    // Of the network: each attempt and its outcome, and the closing of the gate.
    expect((await house.test.journal.size()) - before).toBeLessThanOrEqual(2 * network.sent.length + 1);
    expect(await runner.summary()).toMatchObject({ dead: 0 });
    expect((await runner.summary()).ready).toBeGreaterThanOrEqual(PORTALS * EACH);
  }, 120_000);

  test('the network: answers wait on disk, one lane asks, and then they go out at the line’s rate', async () => {
    house = await openHouse();
    const { homeserver, network, runner, clock } = house;
    const rooms = await openPortals(house, FEW);

    const pace = new Pace({ clock, perSecond: PER_SECOND, window: 10 });
    const taken: { readonly at: number; readonly message: OutboundMessage }[] = [];
    let isDown = true;
    network.place = ({ to }) => (isDown ? undefined : pace.place(to));
    network.hand = async (message) => {
      if (isDown) return down;
      const flight = await pace.begin(message.to, new AbortController().signal);
      if (flight === undefined) return down;
      taken.push({ at: clock.now(), message });
      pace.accepted();
      pace.ended();
      return { state: 'sent', ids: [must(parseRemoteId(`id-${message.position}`))] };
    };
    await answer(house, rooms, EACH);
    await runner.idle();
    const before = await house.test.journal.size();
    const words = homeserver.calls.length;
    const { timers } = await hoursPass(house, { ...aDay, calls: () => network.sent.length });
    expect(timers).toBeLessThanOrEqual(6);
    expect(network.sent.length).toBeLessThan(170);
    const attempts = (await house.entries('delivery.attempt')).length;
    expect(attempts).toBe(network.sent.length);
    expect(await house.test.journal.size()).toBeLessThan(before + 3 * 170 + 2 * FEW * EACH);
    // Marks and notices of all rooms together: five a second.
    expect(homeserver.calls.filter((call) => call === 'send').length - words).toBeLessThan(
      (BUDGET * 24 * HOUR) / 1_000,
    );

    isDown = false;
    for (let second = 0; second < 1_000 && taken.length < FEW * EACH; second += 1) {
      clock.advance(1_000);
      await runner.idle();
    }
    expect(taken).toHaveLength(FEW * EACH);
    expect(runner.isClosed(connectorGate(carrier))).toBe(false);
    const [first] = taken;
    const seconds = ((taken.at(-1)?.at ?? 0) - (first?.at ?? 0)) / 1_000;
    expect(taken.length / seconds).toBeLessThanOrEqual(PER_SECOND * 1.05);
    for (const texts of Map.groupBy(taken, ({ message }) => message.to).values()) {
      expect(texts.map(({ message }) => message.text)).toEqual(Array.from({ length: EACH }, (_, n) => `${n}`));
    }
  }, 180_000);
});
