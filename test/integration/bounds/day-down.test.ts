import { afterEach, describe, expect, test } from '@jest/globals';
import { connectorGate, homeserverGate, must, parseAddress, parseRemoteId } from '../../../src/core/ids.ts';
import type { RoomId } from '../../../src/core/ids.ts';
import type { OutboundMessage, SendResult } from '../../../src/core/ports/connector.ts';
import { Pace } from '../../../src/networks/pace.ts';
import { eventDraft } from '../bridge/fake-homeserver.ts';
import { alice, carrier, openHouse, sales, type House } from '../bridge/house.ts';

const PORTALS = 2_000;
/** Fewer where everything goes on to its end: each answer is a dozen commits. */
const FEW = 120;
const EACH = 5;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** What the house of these tests runs at a time. */
const PARALLEL = 8;
const PER_SECOND = 20;

const down: SendResult = { state: 'retry', afterMs: 5_000, scope: 'connector', reason: 'provider-down' };
const numberOf = (portal: number) => must(parseAddress(`+1202${5_550_000 + portal}`));

/** Each customer's texts, as many as `EACH`, one after the other of all customers. */
async function receive(house: House, portals: number, from: number, texts: number): Promise<void> {
  for (let n = from; n < from + texts; n += 1) {
    const events = Array.from({ length: portals }, (_, portal) => ({
      kind: 'message' as const,
      id: `text-${portal}-${n}`,
      sure: true,
      at: house.clock.now(),
      raw: Buffer.from('pdu'),
      message: { to: sales.address, from: numberOf(portal), text: `${n}` },
    }));
    for (let at = 0; at < events.length; at += 500) {
      await house.bridge.inbound(carrier).ingest(events.slice(at, at + 500));
    }
  }
}

/** Staff answer in every room. */
async function answer(house: House, rooms: readonly RoomId[], texts: number): Promise<void> {
  for (let n = 0; n < texts; n += 1) {
    const drafts = rooms.map((room) =>
      eventDraft(house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: `${n}` } })),
    );
    house.homeserver.unseen.length = 0;
    for (let at = 0; at < drafts.length; at += 500) await house.test.journal.append(drafts.slice(at, at + 500));
  }
}

/** Lets a day pass by the minute. @returns the most timers there were at once, and the calls of each hour. */
async function dayPasses(house: House, calls: () => number): Promise<{ timers: number; inAnHour: number }> {
  let timers = 0;
  let inAnHour = 0;
  for (let hour = 0; hour < 24; hour += 1) {
    const before = calls();
    for (let minute = 0; minute < 60; minute += 5) {
      house.clock.advance(5 * MINUTE);
      await house.runner.idle();
      timers = Math.max(timers, house.clock.timers);
    }
    inAnHour = Math.max(inAnHour, calls() - before);
  }
  return { timers, inAnHour };
}

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

  const shownIn = (room: RoomId) =>
    (house.homeserver.rooms.get(room)?.events ?? [])
      .filter(({ type, sender }) => type === 'm.room.message' && house.homeserver.ghosts.has(sender))
      .map(({ content }) => content['body']);

  const all = () => [...house.homeserver.rooms.keys()].map(shownIn).filter((texts) => texts.length > 0);

  test('the homeserver: ten thousand texts wait on disk, one lane asks, and nobody is stampeded when it is back', async () => {
    house = await openHouse();
    const { homeserver, runner, clock } = house;
    homeserver.outage = { kind: 'down', detail: 'connection refused' };
    await receive(house, PORTALS, 0, EACH);
    await runner.idle();
    expect(homeserver.calls.length).toBeLessThanOrEqual(PARALLEL);
    const { timers, inAnHour } = await dayPasses(house, () => homeserver.calls.length);
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
    await receive(house, FEW, 0, EACH);
    await dayPasses(house, () => 0);
    homeserver.outage = undefined;
    clock.advance(10 * MINUTE);
    await runner.idle();
    expect(all()).toEqual(Array.from({ length: FEW }, () => Array.from({ length: EACH }, (_, n) => `${n}`)));
    expect(await runner.summary()).toMatchObject({ ready: 0, dead: 0 });
    expect(runner.isClosed(homeserverGate)).toBe(false);
  }, 120_000);

  test('the network: answers wait on disk, one lane asks, and then they go out at the line’s rate', async () => {
    house = await openHouse();
    const { homeserver, network, runner, clock } = house;
    await receive(house, FEW, 0, 1);
    await runner.idle();
    const rooms = [...homeserver.rooms.keys()].filter((room) => shownIn(room).length > 0);
    expect(rooms).toHaveLength(FEW);
    await house.settle();
    await house.pass(MINUTE);

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
    const { timers } = await dayPasses(house, () => network.sent.length);
    expect(timers).toBeLessThanOrEqual(6);
    expect(network.sent.length).toBeLessThan(170);
    const attempts = (await house.entries('delivery.attempt')).length;
    expect(attempts).toBe(network.sent.length);
    expect(await house.test.journal.size()).toBeLessThan(before + 3 * 170 + 2 * FEW * EACH);
    // Marks and notices of all rooms together: five a second.
    expect(homeserver.calls.filter((call) => call === 'send').length - words).toBeLessThan((5 * DAY) / 1_000);

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
