import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseDeskId, parseLineId, type RoomId } from '../../../../src/core/ids.ts';
import type { TaskHandlers } from '../../../../src/tasks/task.ts';
import { alice, bob, carol, dan, olivia, supervisedHouse, type Given, type SupervisedHouse } from './house.ts';

let house: SupervisedHouse;
let desk: RoomId;
const lives: SupervisedHouse[] = [];

async function open(given: Given = {}): Promise<void> {
  house = await supervisedHouse(given);
  lives.push(house);
}

/** A new life on the same journal and the same homeserver. */
async function again(given: Given = {}): Promise<void> {
  await house.close();
  await open({ ...given, after: house });
}

beforeEach(async () => {
  await open();
  desk = await house.room('Compliance', house.homeserver.compliance, [olivia]);
  await house.use(desk, { kind: 'desk', desk: must(parseDeskId('main')) });
  await house.settle();
});
afterEach(async () => {
  for (const life of lives.splice(0).toReversed()) await life[Symbol.asyncDispose]();
});

const megolm = { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
const aDay = { type: 'm.room.retention', content: { max_lifetime: 86_400_000 } };

/** What a handler did was done, and nothing of it went on record: killed before its turn's commit. */
function cutOff(kind: string): { readonly handlers: (real: TaskHandlers) => TaskHandlers; readonly ran: () => number } {
  let ran = 0;
  const handlers = (real: TaskHandlers): TaskHandlers => {
    const handler = real.get(kind);
    if (handler === undefined) throw new Error(`nobody plays ${kind}`);
    const run: typeof handler.run = async (task, entry, context) => {
      await handler.run(task, entry, context);
      ran += 1;
      return { to: 'aside', until: new Promise(() => undefined) };
    };
    return new Map([...real, [kind, { run }]]);
  };
  return { handlers, ran: () => ran };
}

describe('A room that was encrypted', () => {
  test('is told of once, and counted as unreadable with what is written in it, until it is given up', async () => {
    const board = await house.room('Board', alice, [bob]);
    house.homeserver.change(alice, board, megolm);
    house.homeserver.change(bob, board, megolm);
    for (let n = 0; n < 3; n += 1) house.homeserver.write(alice, board, { type: 'm.room.encrypted', content: {} });
    await house.settle();
    expect(await house.changes()).toMatchObject([
      { room: board, what: 'encrypted', by: alice, undone: 'not-possible' },
    ]);
    expect(house.told(desk)).toEqual([expect.stringContaining('alice switched encryption on in room “Board”.')]);
    const unreadable = { rooms: 1, messages: 3, names: ['room “Board”'] };
    expect(await house.supervising.status()).toMatchObject({ unreadable });
    house.homeserver.change(alice, board, {
      type: 'm.room.tombstone',
      content: { replacement_room: '!x:acme.example' },
    });
    await house.settle();
    expect(await house.supervising.status()).toMatchObject({ unreadable: { rooms: 0, names: [] } });
  });

  test('is counted where only what is written in it says so', async () => {
    const old = await house.room('Old', alice);
    house.homeserver.write(alice, old, { type: 'm.room.encrypted', content: {} });
    await house.settle();
    expect(await house.supervising.status()).toMatchObject({ unreadable: { rooms: 1, messages: 1 } });
    expect(house.told(desk)).toEqual([]);
  });

  test('twenty in an hour are told one by one, and all of them are on record and counted', async () => {
    for (let n = 0; n < 25; n += 1) house.homeserver.change(alice, await house.room(`R${n}`, alice), megolm);
    await house.settle();
    expect(house.told(desk)).toHaveLength(20);
    expect(await house.changes()).toHaveLength(25);
    expect(await house.supervising.status()).toMatchObject({ unreadable: { rooms: 25 } });
  });

  test('is told once, though Gatehouse was killed before and after the telling', async () => {
    await again(cutOff('policy.supervised'));
    const board = await house.room('Board', alice);
    house.homeserver.change(alice, board, megolm);
    await house.settle();
    expect(await house.changes()).toEqual([]);
    const cut = cutOff('policy.supervised-told');
    await again(cut);
    await house.settle();
    expect([cut.ran(), house.told(desk).length]).toEqual([1, 1]);
    await again();
    await house.settle();
    expect([(await house.changes()).length, house.told(desk).length]).toEqual([1, 1]);
  });
});

describe('Messages that are to be deleted by age', () => {
  test('are told of and left where we are nobody', async () => {
    const deals = await house.room('Deals', bob);
    house.homeserver.change(bob, deals, aDay);
    house.homeserver.change(bob, deals, { type: 'm.room.retention', content: {} });
    await house.settle();
    expect(await house.changes()).toMatchObject([{ room: deals, what: 'retention', by: bob, undone: 'not-possible' }]);
    expect(house.told(desk)).toEqual([expect.stringMatching(/^bob set room “Deals” .* somebody with power/u)]);
    expect(house.homeserver.rooms.get(deals)?.members.has(house.homeserver.gatehouse)).toBe(false);
  });

  test('are set back where we have power, also after a kill in between, and told once', async () => {
    await again(cutOff('policy.supervised'));
    const space = await house.room('Sales', house.homeserver.gatehouse, [alice]);
    await house.use(space, { kind: 'space', line: must(parseLineId('sales')) });
    house.homeserver.change(alice, space, aDay);
    await house.settle();
    await again();
    await house.settle();
    expect(house.homeserver.rooms.get(space)?.state.get('m.room.retention ')).toEqual({});
    expect(await house.changes()).toMatchObject([{ what: 'retention', undone: 'yes' }]);
    expect(house.told(desk)).toEqual([expect.stringContaining('It is set back.')]);
  });

  test('by a program that sets it again and again are left alone after five times', async () => {
    const space = await house.room('Sales', house.homeserver.gatehouse, [alice]);
    await house.use(space, { kind: 'space', line: must(parseLineId('sales')) });
    for (let n = 0; n < 6; n += 1) {
      house.homeserver.change(alice, space, { ...aDay, content: { max_lifetime: 1_000 + n } });
      await house.settle();
    }
    expect((await house.changes()).map(({ undone }) => undone)).toEqual([...Array<string>(5).fill('yes'), 'no']);
  });
});

describe('A bot of ours', () => {
  let chat: RoomId;
  beforeEach(async () => {
    chat = await house.room('Gatehouse', house.homeserver.gatehouse, [alice]);
    await house.use(chat, { kind: 'staff', user: alice });
    await house.settle();
  });
  const remove = (): void => {
    house.homeserver.membership(chat, house.homeserver.gatehouse, 'leave', alice);
  };

  test('that was put out comes back with an admin’s help', async () => {
    house.homeserver.takeCharge = ({ user, room }) => {
      house.homeserver.membership(room, user, 'invite', alice);
      return Promise.resolve({ ok: true, value: undefined });
    };
    remove();
    await house.settle();
    expect(house.homeserver.rooms.get(chat)?.members.get(house.homeserver.gatehouse)).toBe('join');
    expect(await house.changes()).toMatchObject([{ what: 'bot-removed', undone: 'yes' }]);
    expect(house.told(desk)).toEqual(['alice put Gatehouse out of room “Gatehouse”. It is back.']);
  });

  test('that can’t come back is told of, and the room is ours no more', async () => {
    remove();
    await house.settle();
    expect(await house.changes()).toMatchObject([{ what: 'bot-removed', undone: 'not-possible' }]);
    expect(await house.supervising.placeOf(chat)).toBeUndefined();
    expect(house.told(desk)).toEqual([expect.stringContaining('a new one is made')]);
  });

  test('whose power was taken has it back with an admin’s help, and is told of without one', async () => {
    const room = house.homeserver.rooms.get(chat);
    room?.state.set('m.room.create ', { room_version: '10', 'org.gatehouse.staff': alice });
    const levels = (level: number) => ({ state_default: 100, users: { [house.homeserver.gatehouse]: level } });
    const change = (level: number): void => {
      house.homeserver.change(alice, chat, { type: 'm.room.power_levels', content: levels(level) });
    };
    change(100);
    change(0);
    await house.settle();
    house.homeserver.takeCharge = () => {
      room?.state.set('m.room.power_levels ', levels(100));
      return Promise.resolve({ ok: true, value: undefined });
    };
    change(0);
    await house.settle();
    expect((await house.changes()).map(({ what, undone }) => `${what} ${undone}`)).toEqual([
      'power-taken not-possible',
      'power-taken yes',
    ]);
    expect(house.told(desk).at(-1)).toContain('It has it back.');
  });

  test('is not missed where it never was: other rooms’ people and power are their own', async () => {
    const theirs = await house.room('Lunch', alice, [bob]);
    house.homeserver.membership(theirs, house.homeserver.gatehouse, 'leave', alice);
    house.homeserver.membership(theirs, bob, 'leave', alice);
    house.homeserver.change(alice, theirs, { type: 'm.room.power_levels', content: { users: {} } });
    await house.settle();
    expect(await house.changes()).toEqual([]);
    expect(house.told(desk)).toEqual([]);
  });
});

describe('People whom a barrier keeps apart', () => {
  test('in one room are told of once, with how it came about, until it is over', async () => {
    const deals = await house.room('Deals', alice, [carol]);
    await house.settle();
    await house.look();
    house.homeserver.membership(deals, dan, 'invite', carol);
    await house.settle();
    await house.look();
    house.homeserver.membership(deals, dan, 'join');
    house.homeserver.membership(deals, bob, 'join');
    await house.settle();
    await house.look();
    expect(await house.crossings()).toMatchObject([
      { room: deals, barrier: ['sales', 'research'], users: [dan, alice], how: 'invite', by: carol, over: false },
    ]);
    expect(house.told(desk)).toEqual([
      'dan and alice are together in room “Deals”, invited by carol, and the company keeps sales and research apart. Remove one side from the room. What they write there is refused until then.',
    ]);
    expect(await house.supervising.status()).toMatchObject({ crossed: 1 });
    house.homeserver.membership(deals, dan, 'leave', alice);
    await house.settle();
    await house.look();
    expect((await house.crossings()).map(({ over }) => over)).toEqual([false, true]);
    expect([house.told(desk).length, (await house.supervising.status()).crossed]).toEqual([1, 0]);
    house.homeserver.membership(deals, dan, 'join');
    await house.settle();
    await house.look();
    expect(house.told(desk)).toHaveLength(2);
  });

  test('are found at the start: who came while nobody looked, and where the barrier is newer', async () => {
    await again({ barriers: [] });
    const deals = await house.room('Deals', alice, [dan]);
    await house.settle();
    await house.look();
    expect(await house.crossings()).toEqual([]);
    await again();
    await house.look();
    expect(await house.crossings()).toMatchObject([{ room: deals, how: 'found', over: false }]);
    await again();
    await house.look();
    expect(await house.crossings()).toHaveLength(1);
    await again({ barriers: [] });
    await house.look();
    expect((await house.crossings()).map(({ over }) => over)).toEqual([false, true]);
  });

  test('are told of with whoever brought them, also where that came before the first look', async () => {
    const deals = await house.room('Deals', alice, [carol]);
    await house.settle();
    house.homeserver.membership(deals, dan, 'invite', carol);
    await house.settle();
    await house.look();
    expect(await house.crossings()).toMatchObject([{ room: deals, users: [dan, alice], how: 'invite', by: carol }]);
  });

  test('are found when they come into a group that is a room, and when they leave it; while it can’t be read nothing is said', async () => {
    const deals = await house.room('Deals', alice, [carol]);
    await house.settle();
    await house.look();
    expect(await house.crossings()).toEqual([]);
    house.people.set('research', new Set([dan, carol]));
    await house.look();
    expect(await house.crossings()).toMatchObject([{ room: deals, users: [alice, carol], how: 'found', over: false }]);
    house.people.set('research', undefined);
    await house.look();
    expect(await house.crossings()).toHaveLength(1);
    house.people.set('research', new Set([dan]));
    await house.look();
    expect((await house.crossings()).map(({ over }) => over)).toEqual([false, true]);
  });

  test('are told of once, though Gatehouse was killed after the telling', async () => {
    const cut = cutOff('policy.barrier-told');
    await again(cut);
    await house.room('Deals', alice, [dan]);
    await house.settle();
    await house.look();
    expect([cut.ran(), house.told(desk).length]).toEqual([1, 1]);
    await again();
    await house.look();
    expect([(await house.crossings()).length, house.told(desk).length]).toEqual([1, 1]);
  });

  test('may meet at a desk, in a space and in a chat with a customer', async () => {
    house.homeserver.membership(desk, alice, 'join');
    house.homeserver.membership(desk, dan, 'join');
    await house.settle();
    await house.look();
    expect(await house.crossings()).toEqual([]);
  });
});
