/** After a crash of the homeserver: what staff write waits until what was lost is on record, and goes out in its order. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MatrixEvent } from '../../../../src/core/entry.ts';
import type { RoomId } from '../../../../src/core/ids.ts';
import { recordLate } from '../../../../src/bridge/gaps/late-events.ts';
import { eventDraft } from '../fake-homeserver.ts';
import { alice, openHouse, type House } from '../house.ts';

const MINUTE = 60_000;

let house: House;
let room: RoomId;
beforeEach(async () => {
  house = await openHouse();
  room = await chat(house);
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function chat(of: House): Promise<RoomId> {
  await of.receive('Hi');
  const [opened] = await of.entries('portal.opened');
  if (opened === undefined) throw new Error('no chat');
  return opened.body.room;
}

/** The homeserver takes it, and forgets to bring it. */
function lost(text: string): MatrixEvent {
  const event = house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: text } });
  house.homeserver.unseen.splice(0);
  house.clock.advance(1_000);
  return event;
}

/** As the look after a restart does it: all that the room misses, oldest first. */
async function fetched(of: House, events: readonly MatrixEvent[]): Promise<void> {
  const late = events.map((event) => {
    const draft = eventDraft(event);
    return { event: { id: event.event_id, at: draft.at, pruned: false, draft }, after: undefined };
  });
  await recordLate(late, 'gap', of.test.journal);
}

function wentOut(of = house): readonly string[] {
  return of.network.sent.map((sent) => sent.text);
}

describe('what staff write after a sign of a restart', () => {
  test('waits for the look at its room, and goes out behind what was written before it', async () => {
    const missing = [lost('one'), lost('two')];
    house.clock.advance(10_000);
    house.hold.sign();
    await house.write(alice, room, 'three');
    await house.write(alice, room, 'four');
    expect(wentOut()).toEqual([]);
    expect(house.hold.waiting()).toEqual([room]);
    await fetched(house, missing);
    await house.settle();
    expect(wentOut()).toEqual([]);
    house.hold.looked([room], house.hold.mark());
    await house.settle();
    expect(wentOut()).toEqual(['one', 'two', 'three', 'four']);
    await house.pass(MINUTE);
    expect(house.shown(room).join('\n')).not.toContain('reached us late');
    expect(await house.entries('delivery.deferred')).toHaveLength(2);
  });

  test('goes out at once where the room was looked at since, and where the whole look is over', async () => {
    house.hold.sign();
    house.hold.looked([room], house.hold.mark());
    await house.write(alice, room, 'looked at');
    house.hold.over(house.hold.mark());
    await house.write(alice, room, 'over');
    expect(wentOut()).toEqual(['looked at', 'over']);
  });

  test('is not let go by a look that began before a second sign', async () => {
    house.hold.sign();
    const before = house.hold.mark();
    house.hold.sign();
    await house.write(alice, room, 'held');
    house.hold.looked([room], before);
    house.hold.over(before);
    await house.settle();
    expect(wentOut()).toEqual([]);
    house.hold.over(house.hold.mark());
    await house.settle();
    expect(wentOut()).toEqual(['held']);
  });

  test('goes out a minute after the homeserver answered where no look comes to its end; the room waits no second time', async () => {
    house.hold.sign();
    house.hold.answered();
    await house.write(alice, room, 'first');
    await house.pass(MINUTE - 1);
    expect(wentOut()).toEqual([]);
    await house.pass(1);
    expect(wentOut()).toEqual(['first']);
    await house.write(alice, room, 'second');
    expect(wentOut()).toEqual(['first', 'second']);
    expect(house.hold.waiting()).toEqual([]);
  });

  test('costs no attempt while it waits', async () => {
    house.hold.sign();
    const { position } = await house.write(alice, room, 'held');
    await house.pass(MINUTE / 2);
    expect(await house.entries('delivery.attempt')).toEqual([]);
    expect(house.shown(room)).toContain('[⏳]');
    expect(await house.message(position)).toMatchObject({ state: 'waiting', attempts: 0 });
  });
});

test('written behind a turn that was given up goes out once when the process dies before that turn', async () => {
  const missing = [lost('one')];
  house.clock.advance(10_000);
  house.hold.sign();
  await house.write(alice, room, 'two');
  await fetched(house, missing);
  const { clock, homeserver, network, test: journal } = house;
  // Dies while the network is asked for the first: the second has given up its turn by then.
  network.answers.push(new Error('killed here'));
  house.hold.over(house.hold.mark());
  await house.stop();
  const again = await openHouse({ place: journal.place, homeserver, network, clock });
  await again.pass(MINUTE);
  await again.pass(MINUTE);
  expect(wentOut(again)).toEqual(['one', 'two']);
  expect((await again.entries('delivery.deferred')).length).toBeLessThanOrEqual(1);
  await again.stop();
});

test('what is older than a quarter of an hour holds nobody up, and is refused as before', async () => {
  const missing = [lost('long ago')];
  house.clock.advance(20 * MINUTE);
  house.hold.sign();
  await house.write(alice, room, 'now');
  await fetched(house, missing);
  house.hold.over(house.hold.mark());
  await house.pass(MINUTE);
  expect(wentOut()).toEqual(['now']);
  expect(house.shown(room).join('\n')).toContain('reached us late');
});
