import { describe, expect, test } from '@jest/globals';
import type { EventId, RoomId } from '../../../src/core/ids.ts';
import { alice, openHouse, type House } from './house.ts';
import { portalRoom } from './room-acts.ts';

/** Alice answers the message of these words. */
async function answers(house: House, room: RoomId, { to, by }: { to: string; by: string }): Promise<void> {
  const event = house.homeserver.rooms.get(room)?.events.find(({ content }) => content['body'] === to);
  if (event === undefined) throw new Error(`nobody said ${to}`);
  await house.write(alice, room, by, answering(event.event_id));
}

function answering(event: EventId): object {
  return { 'm.relates_to': { 'm.in_reply_to': { event_id: event } } };
}

describe('an answer to a message that the network gave no name, as SMPP gives none', () => {
  test.each([0, 2] as const)('quotes it, also where named messages are answered by name (%d)', async (reply) => {
    await using house = await openHouse();
    house.network.able = { reply };
    const room = await portalRoom(house);
    await house.receive('Is the blue one\nstill available?');
    await answers(house, room, { to: 'Is the blue one\nstill available?', by: 'Yes!' });
    expect(house.network.sent.map(({ text }) => text)).toEqual(['> Is the blue one still available?\nYes!']);
    expect(house.network.sent[0]).not.toHaveProperty('replyTo');
  });

  test('says nothing of it where the network has no form of an answer', async () => {
    await using house = await openHouse();
    house.network.able = { reply: -1 };
    const room = await portalRoom(house);
    await answers(house, room, { to: 'Hi', by: 'Yes!' });
    expect(house.network.sent.map(({ text }) => text)).toEqual(['Yes!']);
  });
});

test('an answer to what never reached the customer does not bring it to them', async () => {
  await using house = await openHouse();
  house.network.able = { reply: 0 };
  const room = await portalRoom(house);
  house.network.answers.push({ state: 'failed', reason: 'provider-refused' });
  await house.write(alice, room, 'For us only');
  await answers(house, room, { to: 'For us only', by: 'Good morning' });
  expect(house.network.sent.map(({ text }) => text)).toEqual(['For us only', 'Good morning']);
});
