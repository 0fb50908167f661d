import { expect, test } from '@jest/globals';
import type { RoomId } from '../../../src/core/ids.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import { eventDraft } from '../bridge/fake-homeserver.ts';
import { alice, openHouse, type House } from '../bridge/house.ts';

const DEADLINE_MS = 10_000;

async function roomOf(house: House): Promise<RoomId> {
  await house.receive('Hello');
  const opened = await house.entries('portal.opened');
  const room = opened[0]?.body.room;
  if (room === undefined) throw new Error('no portal was opened');
  return room;
}

/** Turns the clock until `work` is over. @returns the milliseconds that passed on it */
async function turned(house: House, work: Promise<void>): Promise<number> {
  const began = house.clock.monotonic();
  const end = { reached: false };
  const ended = work.then(() => {
    end.reached = true;
  });
  for (let n = 0; n < 1_000 && !end.reached; n += 1) {
    await new Promise(setImmediate);
    house.clock.advance(100);
  }
  await ended;
  return house.clock.monotonic() - began;
}

test('told to stop while the network hangs in a send, it stops by the deadline, the attempt on record without an outcome', async () => {
  await using house = await openHouse();
  const room = await roomOf(house);
  const asked = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<SendResult>();
  house.network.hand = () => {
    asked.resolve(undefined);
    return answer.promise;
  };
  const event = house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: 'Is it there?' } });
  await house.test.journal.append([eventDraft(event)]);
  await asked.promise;

  const took = await turned(house, house.runner.stop(DEADLINE_MS));
  expect(took).toBeGreaterThanOrEqual(DEADLINE_MS);
  expect(took).toBeLessThanOrEqual(DEADLINE_MS + 200);
  expect(await house.entries('delivery.attempt')).toHaveLength(1);
  const outcomes = await house.entries('delivery.outcome');
  expect(outcomes.filter(({ body }) => body.target === 'network')).toEqual([]);
  // It ends, so that this test does.
  answer.resolve({ state: 'unknown', detail: 'the connection broke' });
});

test('told to stop while nothing hangs, it waits for the turns that run and for nothing else', async () => {
  await using house = await openHouse();
  await house.receive('Hello');
  expect(await turned(house, house.runner.stop(DEADLINE_MS))).toBeLessThanOrEqual(200);
});
