import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { err } from '../../../src/core/result.ts';
import { itemId } from '../../../src/policy/verdicts/item-id.ts';
import { bob, olivia, rita } from '../../unit/bot/samples.ts';
import { EXPIRES_MS, Quarantine, type Stopped } from './quarantine-house.ts';

let world: Quarantine;
let stopped: Stopped;
beforeEach(async () => {
  world = await Quarantine.open();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

async function openCard(): Promise<ReturnType<Quarantine['card']>> {
  stopped = await world.stopped();
  return world.echo();
}

describe('at half of its time', () => {
  const reminders = () => world.house.homeserver.sentIn(world.roomOf()).filter(({ part }) => part.startsWith('half-'));

  test('an item that nobody decided is brought to mind once, with a text that sounds and a way to the card', async () => {
    const card = await openCard();
    world.house.clock.advance(EXPIRES_MS / 2 - 1_000);
    await world.house.settle();
    expect(reminders()).toEqual([]);
    world.house.clock.advance(2_000);
    await world.house.settle();
    const item = itemId(stopped.verdict);
    expect(reminders().map(({ content }) => content['body'])).toEqual([
      [
        `${item} · HIGH · 120 min · card-number · still waits`,
        'Alice → +1 202 555 0199 (SMS): not sent unless somebody approves it by 20:30.',
        `✅ or ❌ on its card, or !c approve ${itemId(stopped.verdict)}`,
      ].join('\n'),
    ]);
    expect(reminders()[0]?.content).toMatchObject({
      msgtype: 'm.text',
      'm.mentions': { user_ids: [olivia, rita] },
      'm.relates_to': { 'm.in_reply_to': { event_id: card.event } },
      'org.gatehouse.refs': [stopped.message.position, stopped.verdict],
    });
    world.house.clock.advance(EXPIRES_MS / 4);
    await world.house.settle();
    await world.reopen();
    expect(reminders()).toHaveLength(1);
  });

  test('that passed while nothing ran, it is brought to mind at the start', async () => {
    await openCard();
    await world.house.stop();
    world.house.clock.advance(EXPIRES_MS * 0.75);
    await world.reopen();
    expect(reminders()).toHaveLength(1);
  });

  test('that passed with all of its time, it only ends', async () => {
    await openCard();
    await world.house.stop();
    world.house.clock.advance(EXPIRES_MS + 1_000);
    await world.reopen();
    expect(reminders()).toEqual([]);
    expect(await world.decisions()).toEqual(['policy.expired']);
  });

  test('what was decided is not brought to mind', async () => {
    await world.put(world.tap(olivia, await openCard()));
    world.house.clock.advance(EXPIRES_MS / 2 + 1_000);
    await world.house.settle();
    expect(reminders()).toEqual([]);
  });

  test('it is one text although the process died after it', async () => {
    await openCard();
    const { homeserver } = world.house;
    const send = homeserver.send.bind(homeserver);
    homeserver.send = async (event) => {
      const sent = await send(event);
      return event.part.startsWith('half-') ? err({ kind: 'down', detail: 'cut' }) : sent;
    };
    world.house.clock.advance(EXPIRES_MS / 2 + 1_000);
    await world.house.settle();
    homeserver.send = send;
    await world.reopen();
    expect(reminders()).toHaveLength(1);
  });

  test('a desk that a stranger reads hears of it when they are gone', async () => {
    await openCard();
    const members = world.house.homeserver.rooms.get(world.roomOf())?.members;
    members?.set(bob, 'join');
    world.house.clock.advance(EXPIRES_MS / 2 + 1_000);
    await world.house.settle();
    expect(reminders()).toEqual([]);
    members?.delete(bob);
    world.house.clock.advance(6 * 60_000);
    await world.house.settle();
    expect(reminders()).toHaveLength(1);
  });
});
