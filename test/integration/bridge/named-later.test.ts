/** What a customer is called may become known after their first message. */
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../src/core/ids.ts';
import { diesAtEach } from '../../support/dies-at.ts';
import { nextLife } from './dead-house.ts';
import { ann, openHouse, sales, type House } from './house.ts';
import { annsGhost, roomOf } from './room-acts.ts';

const between = { from: ann, to: sales.address };

async function writes(house: House, id: string): Promise<void> {
  await house.bring({ kind: 'message', id, message: { ...between, text: 'Hi' } });
}

async function named(house: House, name: string, chat = ann): Promise<void> {
  await house.bring({ kind: 'chat', id: `named ${name}`, chat: { line: sales.address, chat, name } });
}

function titles(house: House): readonly unknown[] {
  const state = house.homeserver.rooms.get(roomOf(house))?.state ?? new Map<string, object>();
  const about = ['m.room.name ', ...state.keys()].filter((key) => /^(?:m\.room\.name |m\.bridge )/u.test(key));
  return [...new Set(about)].map((key) => JSON.stringify(state.get(key)));
}

/** The network tells it again, for it heard nothing of it. */
async function expectNamed(house: House): Promise<void> {
  await named(house, 'Ann Lee');
  await house.pass(60_000);
  expect(titles(house)).toEqual(['{"name":"Ann Lee (SMS)"}', expect.stringContaining('"displayname":"Ann Lee (SMS)"')]);
  const made = await house.entries('ghost.made');
  expect(made.map(({ body }) => body.name)).toEqual(['+1 202 555 0199 (SMS)', 'Ann Lee (SMS)']);
  await house.stop();
}

describe('a chat whose name comes after its first message', () => {
  test('is called by it at once, the ghost and the room', async () => {
    await using house = await openHouse();
    await writes(house, 'm1');
    expect(house.homeserver.ghosts.get(annsGhost)).toBe('+1 202 555 0199 (SMS)');
    await named(house, 'Ann Lee');
    expect(house.homeserver.ghosts.get(annsGhost)).toBe('Ann Lee (SMS)');
    expect(titles(house)).toEqual([
      '{"name":"Ann Lee (SMS)"}',
      expect.stringContaining('"displayname":"Ann Lee (SMS)"'),
    ]);
    expect((await house.entries('ghost.made')).map(({ body }) => body.name)).toEqual([
      '+1 202 555 0199 (SMS)',
      'Ann Lee (SMS)',
    ]);
    const [{ contact, portal } = {}] = await house.entries('network.message');
    expect(await house.entries('network.chat')).toMatchObject([{ contact, portal, room: roomOf(house) }]);
    await writes(house, 'm2');
    expect(house.shown(roomOf(house)).at(-1)).toBe('Ann Lee (SMS): Hi');
  });

  test('is called by a name that is cleaned like every other: it pings nobody, and hides nothing', async () => {
    await using house = await openHouse();
    await writes(house, 'm1');
    await named(house, '\u202eAnn\u0000 @room');
    const [name = ''] = titles(house).map(String);
    expect(name).toMatch(/\(SMS\)"\}$/u);
    expect(name).not.toContain('\u202e');
    expect(name).not.toContain('@room');
  });

  test('keeps the name that staff gave the room', async () => {
    await using house = await openHouse();
    await writes(house, 'm1');
    house.homeserver.rooms.get(roomOf(house))?.state.set('m.room.name ', { name: 'Ann, blue one' });
    await named(house, 'Ann Lee');
    expect(house.homeserver.ghosts.get(annsGhost)).toBe('Ann Lee (SMS)');
    expect(titles(house)[0]).toBe('{"name":"Ann, blue one"}');
  });

  test('may be a group: its room follows the new name, and no ghost is made for it', async () => {
    await using house = await openHouse();
    const group = { id: must(parseAddress('group:7')), name: 'Skating' };
    await house.bring({ kind: 'message', id: 'g1', message: { ...between, group, text: 'Hi all' } });
    await named(house, 'Ice hockey', group.id);
    expect(titles(house)[0]).toBe('{"name":"Ice hockey (SMS)"}');
    expect([...house.homeserver.ghosts.keys()]).toEqual([annsGhost]);
  });

  test('that is not on record makes none', async () => {
    await using house = await openHouse();
    await named(house, 'Ann Lee');
    expect(house.homeserver.rooms.size).toBe(0);
    await writes(house, 'm1');
    expect(house.homeserver.ghosts.get(annsGhost)).toBe('+1 202 555 0199 (SMS)');
  });

  test('is called by it whatever call the process dies at', async () => {
    const deaths = await diesAtEach(async (dies, death) => {
      const house = await openHouse({ dies });
      await writes(house, 'm1');
      dies.plan(death);
      if (await dies.survives(named(house, 'Ann Lee'))) await house.stop();
      else await expectNamed(await nextLife(house));
      await house.test[Symbol.asyncDispose]();
    });
    expect(deaths).toEqual(
      expect.arrayContaining(['homeserver ensureGhost (answered)', 'homeserver setState (answered)']),
    );
    expect(deaths.filter((call) => call.startsWith('homeserver setState'))).toHaveLength(6);
  });
});
