import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseEventId, type Position } from '../../../src/core/ids.ts';
import type { EntryOf } from '../../../src/core/entry.ts';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { sourceMark } from '../../../src/core/shown-source.ts';
import { alice, bob, millis } from '../../unit/bot/samples.ts';
import { portalRoom, Quarantine, type Stopped } from './quarantine-house.ts';

const MINUTE = 60_000;
const why = '!anyway she asked for the details';
let world: Quarantine;
let warned: Stopped;
beforeEach(async () => {
  world = await Quarantine.open();
  const words = 'I promise you 10 % a year';
  const message = await world.house.say(alice, portalRoom, words);
  const more = { consequence: 'warn', until: millis(world.now + 5 * MINUTE) } as const;
  warned = { message, verdict: await world.put(world.verdict(message.position, words, more)) };
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

function replyTo(event: string): JsonObject {
  return { 'm.relates_to': { 'm.in_reply_to': { event_id: event } } };
}

function say(from = alice, to: string = warned.message.body.event_id): Promise<EntryOf<'matrix.event'>> {
  return world.house.say(from, portalRoom, why, replyTo(to));
}

function lastCode(): unknown {
  const said = world.house.homeserver.sent.findLast(({ part }) => part === 'answer')?.content['org.gatehouse.answer'];
  return isJsonObject(said) ? said['code'] : undefined;
}

/** @gatehouse says why nothing went out, as a text that shows the verdict. */
async function explain(source: Position, room = portalRoom): Promise<string> {
  const id = must(parseEventId(`$explained-${source}`));
  const mark = { 'org.gatehouse.source': sourceMark({ position: source, part: 'why', epoch: 1 }) };
  const { gatehouse } = world.house.homeserver;
  await world.put(world.event(gatehouse, room, { msgtype: 'm.text', body: 'Not sent yet', ...mark }, { id }));
  return id;
}

describe('!anyway', () => {
  test('lets what a rule warned of go out, with the reason on record', async () => {
    expect(await world.stateOf(warned)).toBe('quarantined');
    expect(world.cards()).toEqual([]);
    await say();
    expect(lastCode()).toBe('ok');
    const [overridden] = await world.house.entries('policy.overridden');
    expect(overridden).toMatchObject({
      ...{ actor: alice, line: 'sales', room: portalRoom },
      body: { of: warned.verdict, message: warned.message.position, by: alice, reason: 'she asked for the details' },
    });
    expect(await world.stateOf(warned)).toBe('waiting');
  });

  test('is understood as a reply to our explanation as well', async () => {
    await say(alice, await explain(warned.verdict));
    expect(lastCode()).toBe('ok');
    expect(await world.stateOf(warned)).toBe('waiting');
  });

  test('taken again after a crash is one override', async () => {
    const { homeserver } = world.house;
    homeserver.failures.push({ call: 'send', failure: { kind: 'down', detail: 'cut' }, after: true });
    await say();
    await world.reopen();
    expect(await world.house.entries('policy.overridden')).toHaveLength(1);
    expect(homeserver.sent.filter(({ part }) => part === 'answer')).toHaveLength(1);
    expect(lastCode()).toBe('ok');
  });

  test('of a colleague does nothing', async () => {
    await say(bob);
    expect(lastCode()).toBe('denied');
    expect(await world.stateOf(warned)).toBe('quarantined');
  });

  test('comes too late once the time is over', async () => {
    world.house.clock.advance(5 * MINUTE + 1_000);
    await world.house.settle();
    expect(await world.decisions()).toEqual(['policy.expired']);
    expect(await world.stateOf(warned)).toBe('failed');
    await say();
    expect(lastCode()).toBe('failed');
    expect(await world.house.entries('policy.overridden')).toEqual([]);
  });

  test('is good for that content alone: an edit is judged anew', async () => {
    const words = 'I promise you 20 % a year';
    const relation = { rel_type: 'm.replace', event_id: warned.message.body.event_id };
    const edit = { msgtype: 'm.text', body: `* ${words}`, 'm.relates_to': relation };
    await world.put(world.event(alice, portalRoom, { ...edit, 'm.new_content': { msgtype: 'm.text', body: words } }));
    await say();
    expect(lastCode()).toBe('failed');
    expect(await world.house.entries('policy.overridden')).toEqual([]);
  });
});

describe('!anyway in the chat with @gatehouse', () => {
  async function refused(
    until: number | undefined,
  ): Promise<{ readonly chat: typeof portalRoom; readonly told: string }> {
    const chat = (await world.house.entries('room.made')).find(
      ({ body }) => body.use.kind === 'staff' && body.use.user === alice,
    )?.body.room;
    if (chat === undefined) throw new Error('no chat');
    const body = {
      ...({ callback: 'check_event_for_spam', user: alice, room: portalRoom, rules: 'a'.repeat(64) } as const),
      ...{ content: 'e'.repeat(64), hits: [], shadow: false },
      ...(until === undefined ? {} : { until: millis(until) }),
    };
    const position = await world.put(world.ours({ kind: 'policy.refused', body }));
    return { chat, told: await explain(position, chat) };
  }

  test('lets the very same words through when they are sent again', async () => {
    const { chat, told } = await refused(world.now + 5 * MINUTE);
    await world.house.say(alice, chat, why, replyTo(told));
    expect(lastCode()).toBe('ok');
    const [overridden] = await world.house.entries('policy.overridden');
    expect(overridden?.body).toMatchObject({ content: 'e'.repeat(64), by: alice });
    expect(overridden?.body).not.toHaveProperty('message');
  });

  test('does nothing where the rule lets nobody, or the time is over, or it replies to something else', async () => {
    const blocked = await refused(undefined);
    await world.house.say(alice, blocked.chat, why, replyTo(blocked.told));
    expect(lastCode()).toBe('denied');
    const over = await refused(world.now - 1);
    await world.house.say(alice, over.chat, why, replyTo(over.told));
    expect(lastCode()).toBe('failed');
    await world.house.say(alice, over.chat, why, replyTo('$something'));
    expect(lastCode()).toBe('not-found');
    await world.house.say(alice, over.chat, why);
    expect(lastCode()).toBe('usage');
    expect(await world.house.entries('policy.overridden')).toEqual([]);
  });
});
