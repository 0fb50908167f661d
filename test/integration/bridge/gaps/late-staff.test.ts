/** What staff wrote and the homeserver did not bring: fetched later, it follows the rule for late messages (DESIGN 7). */
import { expect, test } from '@jest/globals';
import type { MatrixEvent } from '../../../../src/core/entry.ts';
import { must, parseEventId, type RoomId } from '../../../../src/core/ids.ts';
import { recordLate } from '../../../../src/bridge/gaps/late-events.ts';
import { eventDraft } from '../fake-homeserver.ts';
import { alice, openHouse, type House } from '../house.ts';

const A_MINUTE_MS = 60_000;

/** The chat with a customer who wrote. */
async function chat(house: House): Promise<RoomId> {
  await house.receive('Hi');
  const [opened] = await house.entries('portal.opened');
  if (opened === undefined) throw new Error('no chat');
  return opened.body.room;
}

/** Alice writes, the homeserver loses it, and so much later it is fetched. */
async function lostAndFetched(house: House, room: RoomId, text: string, afterMs: number): Promise<void> {
  const event: MatrixEvent = house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: text } });
  house.homeserver.unseen.splice(0);
  house.clock.advance(afterMs);
  const draft = eventDraft(event);
  const late = { event: { id: event.event_id, at: draft.at, pruned: false, draft }, after: undefined };
  await recordLate([late], 'gap', house.test.journal);
  await house.settle();
}

test('what is fetched within 15 minutes goes out; what is older does not, and the room is told', async () => {
  await using house = await openHouse();
  const room = await chat(house);
  await lostAndFetched(house, room, 'in time', 10 * A_MINUTE_MS);
  expect(house.network.sent.map((sent) => sent.text)).toEqual(['in time']);
  await lostAndFetched(house, room, 'too late', 16 * A_MINUTE_MS);
  await house.pass(A_MINUTE_MS);
  expect(house.network.sent.map((sent) => sent.text)).toEqual(['in time']);
  expect(house.shown(room).join('\n')).toMatch(/!retry/u);
});

test('what something later overtook stays unsent, however young it is', async () => {
  await using house = await openHouse();
  const room = await chat(house);
  const event = house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: 'first' } });
  house.homeserver.unseen.splice(0);
  house.clock.advance(A_MINUTE_MS);
  await house.write(alice, room, 'second');
  const draft = eventDraft(event);
  const late = { event: { id: event.event_id, at: draft.at, pruned: false, draft }, after: undefined };
  await recordLate([late], 'gap', house.test.journal);
  await house.pass(A_MINUTE_MS);
  expect(house.network.sent.map((sent) => sent.text)).toEqual(['second']);
});

test('an event of our own that was lost is recorded as what it shows, and nothing follows from it', async () => {
  await using house = await openHouse();
  const room = await chat(house);
  const [outcome] = await house.entries('delivery.outcome');
  const echo = (await house.entries('matrix.event')).find((entry) => entry.source.echoOf === outcome?.body.of);
  expect(echo?.room).toBe(room);
  const seen = house.homeserver.rooms.get(room)?.events.find((event) => event.event_id === echo?.body.event_id);
  if (seen === undefined) throw new Error('nothing was shown');
  const lost = { ...seen, event_id: must(parseEventId('$lost-echo')) };
  const draft = eventDraft(lost);
  await recordLate(
    [{ event: { id: lost.event_id, at: draft.at, pruned: false, draft }, after: seen.event_id }],
    'gap',
    house.test.journal,
  );
  await house.settle();
  const recorded = (await house.entries('matrix.event')).find((entry) => entry.body.event_id === lost.event_id);
  expect(recorded?.source).toMatchObject({ echoOf: outcome?.body.of, late: { by: 'gap', after: seen.event_id } });
  expect(house.network.sent).toEqual([]);
});
