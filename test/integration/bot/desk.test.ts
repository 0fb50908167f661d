import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseRoomId, type RoomId } from '../../../src/core/ids.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { alice, ann, audrey, bob, desk, ghost, olivia, rita, room, sales, sms, user } from '../../unit/bot/samples.ts';
import { openHouse, type House } from './house.ts';

let house: House;
let here: RoomId;
beforeEach(async () => {
  house = await openHouse();
  await house.bot.ensureRooms();
  await house.settle();
  here = house.homeserver.aliases.get(desk.room) ?? must(parseRoomId('!none:acme.example'));
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function lastAnswer(): { command: unknown; code: unknown; data: unknown } {
  const answer = house.homeserver.sentIn(here).findLast((event) => event.part === 'answer')?.content;
  const told = answer?.['org.gatehouse.answer'];
  if (!isJsonObject(told)) throw new Error('no answer');
  return { command: told['command'], code: told['code'], data: told['data'] };
}

async function customerWrites(id: string, words: string): Promise<void> {
  await house.append({
    kind: 'network.message',
    at: house.clock.now(),
    source: { system: 'network:carrier', id, sure: true },
    line: sales.id,
    body: { connector: sales.connector, network: sms, to: sales.address, from: ann, text: words },
  });
}

describe('the desk’s room', () => {
  test('is made under its alias, for those with a role, readable by us and by nobody else', () => {
    const made = house.homeserver.rooms.get(here);
    expect(made?.made).toMatchObject({
      as: '@compliance:acme.example',
      alias: '#compliance:acme.example',
      creationContent: { 'm.federate': false },
    });
    expect([...(made?.members ?? [])]).toEqual([
      ['@compliance:acme.example', 'join'],
      [olivia, 'invite'],
      [rita, 'invite'],
      [audrey, 'invite'],
    ]);
    expect(made?.state.get('m.room.join_rules ')).toEqual({ join_rule: 'invite' });
    expect(made?.state.get('m.room.history_visibility ')).toEqual({ history_visibility: 'invited' });
    expect(made?.state.get('m.room.power_levels ')).toMatchObject({
      invite: 100,
      kick: 50,
      users: { '@compliance:acme.example': 100, [olivia]: 50 },
    });
  });

  test('is recorded once, and not made again', async () => {
    const rooms = house.homeserver.rooms.size;
    await house.bot.ensureRooms();
    expect(house.homeserver.rooms.size).toBe(rooms);
    const made = (await house.entries('room.made')).filter((entry) => entry.body.use.kind === 'desk');
    expect(made.map((entry) => entry.body)).toEqual([{ room: here, use: { kind: 'desk', desk: desk.id } }]);
  });

  test('that the homeserver encrypts by its own will is not taken', async () => {
    await using other = await openHouse();
    const { homeserver } = other;
    const create = homeserver.createRoom.bind(homeserver);
    homeserver.createRoom = async (made) => {
      const room = await create(made);
      if (room.ok) homeserver.rooms.get(room.value)?.state.set('m.room.encryption ', { algorithm: 'x' });
      return room;
    };
    expect(await other.bot.ensureRooms()).toBe(3);
    expect(await other.entries('room.made')).toEqual([]);
  });
});

describe('a command at the desk', () => {
  test('finds what a customer wrote, and tells which records were shown', async () => {
    await customerWrites('m1', 'Is the blue one still available?');
    const [message] = await house.entries('network.message');
    await house.say(olivia, here, '!c search “blue one”');
    expect(house.said(here).at(-1)).toMatch(
      /^1 found, newest first\n.* \+1 202 555 0199 → \+1 202 555 0100 \(SMS\) “Is the blue one still available\?”$/u,
    );
    expect(lastAnswer()).toMatchObject({ command: 'search', code: 'ok', data: { total: 1, complete: true } });
    const content = house.homeserver.sentIn(here).at(-1)?.content;
    expect(content?.['org.gatehouse.refs']).toEqual([message?.position]);
    expect(content?.['formatted_body']).toContain('<b>blue</b>');
    expect(content?.['m.mentions']).toEqual({});
  });

  test('finds what was said at the desk only when the desk is asked for', async () => {
    await house.say(rita, here, 'is the blue one a case?');
    await house.say(olivia, here, '!c search blue OR case');
    expect(lastAnswer()).toMatchObject({ code: 'not-found', data: { total: 0 } });
    await house.say(olivia, here, `!c search in:${here} case`);
    expect(lastAnswer()).toMatchObject({ code: 'ok' });
  });

  test('is on record before it is answered, without what was searched', async () => {
    await customerWrites('m1', 'blue');
    const [message] = await house.entries('network.message');
    const recordedAtSend: number[] = [];
    const { homeserver } = house;
    const send = homeserver.send.bind(homeserver);
    homeserver.send = async (event) => {
      recordedAtSend.push((await house.entries('desk.command')).length);
      return send(event);
    };
    const command = await house.say(olivia, here, '!c search blue');
    expect(recordedAtSend).toEqual([1]);
    const [recorded] = await house.entries('desk.command');
    expect(recorded).toMatchObject({ actor: olivia, room: here });
    expect(recorded?.body).toEqual({
      desk: desk.id,
      room: here,
      event: command.body.event_id,
      command: 'search',
      code: 'ok',
      positions: [message?.position],
    });
  });

  test('pages with !c more, newest first', async () => {
    for (let i = 1; i <= 7; i += 1) await customerWrites(`m${i}`, `blue number ${i}`);
    await house.say(olivia, here, '!c search blue');
    expect(house.said(here).at(-1)).toMatch(/^7 found, newest first \(1–5\) · !c more\n.*number 7/u);
    await house.say(olivia, here, '!c more');
    expect(house.said(here).at(-1)).toMatch(/^7 found, newest first \(6–7\)\n.*number 2.*\n.*number 1/u);
    await house.say(olivia, here, '!c more');
    expect(lastAnswer()).toMatchObject({ command: 'more', code: 'not-found' });
  });

  test('whose answer got lost on the way is answered once and on record once', async () => {
    house.homeserver.failures.push({ call: 'send', failure: { kind: 'unclear', detail: 'timeout' }, after: true });
    await house.say(olivia, here, '!c verify');
    house.clock.advance(120_000);
    await house.settle();
    expect(house.said(here)).toEqual(['Record unbroken to 1 ✓ · all signed']);
    expect(await house.entries('desk.command')).toHaveLength(1);
  });

  test('taken before a kill is answered after it, or asked for again when that took long', async () => {
    house.homeserver.failures.push({ call: 'send', failure: { kind: 'down', detail: 'refused' } });
    await house.say(olivia, here, '!c verify');
    house.clock.advance(6 * 60_000);
    const { homeserver, clock } = house;
    const { place } = house.test;
    await house.stop();
    await using again = await openHouse({ homeserver, clock, place });
    await again.settle();
    expect(again.said(here)).toEqual(['Too old, say it again.']);
    expect((await again.entries('desk.command')).map((entry) => entry.body.code)).toEqual(['ok', 'failed']);
  });

  test('shows a record with its edits', async () => {
    const deals = room('!deals:acme.example');
    const first = await house.say(alice, deals, 'ten percent');
    const edit = {
      'm.new_content': { msgtype: 'm.text', body: 'five percent' },
      'm.relates_to': { rel_type: 'm.replace', event_id: first.body.event_id },
    };
    await house.say(alice, deals, '* five percent', edit);
    await house.say(bob, deals, 'fine');
    await house.say(olivia, here, `!c show ${first.position}`);
    expect(house.said(here).at(-1)).toMatch(
      /“ten percent”\nEdited .* by @alice:acme\.example \(\d+\): “five percent”\nAfter:\n.*“fine”$/u,
    );
  });

  test('gives a proof as a file before the words', async () => {
    await house.say(olivia, here, '!c prove 1');
    const sent = house.homeserver.sentIn(here);
    expect(sent.map((event) => event.part)).toEqual(['file', 'answer']);
    expect(sent[0]?.content).toMatchObject({
      msgtype: 'm.file',
      filename: 'record-1.tlog-proof',
      'org.gatehouse.refs': [1],
    });
    expect(house.homeserver.uploads.map((file) => Buffer.from(file.bytes).toString('utf8'))).toEqual([
      'c2sp.org/tlog-proof@v1\n',
    ]);
  });

  test('that breaks is answered as failed, and the log knows why', async () => {
    await house.say(olivia, here, '!c health');
    expect(lastAnswer()).toMatchObject({ command: 'health', code: 'failed' });
    expect(house.log.events()).toContain('desk.command-failed');
    expect((await house.entries('desk.command'))[0]?.body.code).toBe('failed');
  });

  test.each([
    [
      'an edit',
      {
        'm.new_content': { msgtype: 'm.text', body: '!c verify' },
        'm.relates_to': { rel_type: 'm.replace', event_id: '$x' },
      },
    ],
    ['a notice', { msgtype: 'm.notice' }],
  ])('is not %s', async (_, more) => {
    await house.say(olivia, here, '!c verify', more);
    expect(house.said(here)).toEqual([]);
    expect(await house.entries('desk.command')).toEqual([]);
  });

  test('is not what a reply quotes, nor what others’ servers, ghosts or our bots say', async () => {
    await house.say(olivia, here, '> <@rita:acme.example> !c verify\n\nlook at this', {
      'm.relates_to': { 'm.in_reply_to': { event_id: '$x' } },
    });
    await house.say(user('@olivia:evil.example'), here, '!c verify');
    await house.say(ghost, here, '!c verify');
    await house.say(house.homeserver.compliance, here, '!c verify');
    await house.say(olivia, room('!elsewhere:acme.example'), '!c verify');
    expect(house.homeserver.sentIn(here)).toEqual([]);
    expect(await house.entries('desk.command')).toEqual([]);
  });

  test('of somebody without a role is denied and on record', async () => {
    await house.say(bob, here, '!c search blue');
    expect(lastAnswer()).toMatchObject({ command: 'search', code: 'denied' });
    expect((await house.entries('desk.command'))[0]?.body).toMatchObject({
      command: 'search',
      code: 'denied',
      positions: [],
    });
  });
});

describe('while a stranger is in the room', () => {
  test('the desk says why once, records every attempt, and speaks again when it is in order', async () => {
    const members = house.homeserver.rooms.get(here)?.members;
    members?.set(bob, 'join');
    await house.say(olivia, here, '!c verify');
    await house.say(olivia, here, '!c search blue');
    await house.say(bob, here, '!c verify');
    expect(house.said(here)).toEqual([
      "I don't answer here: @bob:acme.example has no role at this desk. Remove them from the room, or give them a role in the config.",
    ]);
    expect((await house.entries('desk.command')).map((entry) => entry.body.code)).toEqual([
      'denied',
      'denied',
      'denied',
    ]);
    members?.delete(bob);
    await house.say(olivia, here, '!c verify');
    expect(lastAnswer()).toMatchObject({ command: 'verify', code: 'ok' });
    members?.set(bob, 'join');
    await house.say(olivia, here, '!c verify');
    expect(house.said(here).filter((body) => body.startsWith("I don't answer here"))).toHaveLength(2);
  });

  test.each([
    ['m.room.join_rules ', { join_rule: 'public' }, 'not-invite-only'],
    ['m.room.encryption ', { algorithm: 'm.megolm.v1.aes-sha2' }, 'encrypted'],
  ])('likewise where %s is %j', async (key, content, why) => {
    house.homeserver.rooms.get(here)?.state.set(key, content);
    await house.say(olivia, here, '!c verify');
    await house.say(olivia, here, '!c verify');
    expect(house.said(here)).toHaveLength(1);
    expect(lastAnswer()).toMatchObject({ code: 'denied', data: { silent: why } });
  });

  test('a homeserver that can’t say who is there gets no answer out of the desk', async () => {
    house.homeserver.failures.push({ call: 'members', failure: { kind: 'down', detail: 'refused' } });
    await house.say(olivia, here, '!c verify');
    expect(house.said(here)).toEqual([]);
  });
});

describe('!c gaps now', () => {
  test('is answered at once, and its result follows as a reply of its own, on record and once', async () => {
    const asked = await house.say(olivia, here, '!c gaps now');
    expect(lastAnswer()).toMatchObject({ command: 'gaps', code: 'pending' });
    const sent = house.homeserver.sentIn(here);
    const result = sent.at(-1);
    expect(result?.part).toBe('compared');
    expect(result?.content).toMatchObject({
      body: 'Compared today\nHomeserver: not asked',
      'm.relates_to': { 'm.in_reply_to': { event_id: asked.body.event_id } },
      'org.gatehouse.answer': { command: 'gaps', code: 'ok', data: { ok: true } },
    });
    const reports = await house.entries('reconcile.report');
    const [command] = await house.entries('desk.command');
    expect(reports.map((report) => report.body)).toMatchObject([{ by: 'desk', because: command?.position }]);
    await house.say(olivia, here, '!c gaps');
    expect(house.said(here).at(-1)).toContain('Compared today');
    expect(house.homeserver.sentIn(here).filter((event) => event.part === 'compared')).toHaveLength(1);
  });
});
