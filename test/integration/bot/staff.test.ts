import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { roomOfUse } from '../../../src/bridge/portals/room-store.ts';
import { portalIdAt, contactIdAt, type RoomId } from '../../../src/core/ids.ts';
import { alice, bob, position, room, sales, sms, user } from '../../unit/bot/samples.ts';
import { openHouse, type House } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function chatOf(who: typeof alice): Promise<RoomId> {
  const found = await house.test.views.read((reading) => roomOfUse(reading, { kind: 'staff', user: who }));
  if (found === undefined) throw new Error('no chat');
  return found;
}

const down = { kind: 'down', detail: 'refused' } as const;
const unclear = { kind: 'unclear', detail: 'timeout' } as const;

describe('the chat with @gatehouse', () => {
  test('is made once for everybody, unencrypted, invite-only and not federated', async () => {
    expect(await house.bot.ensureRooms()).toBe(0);
    expect(await house.bot.ensureRooms()).toBe(0);
    await house.settle();
    const made = await house.entries('room.made');
    expect(made.filter((entry) => entry.body.use.kind === 'staff')).toHaveLength(2);
    const chat = house.homeserver.rooms.get(await chatOf(alice))?.made;
    expect(chat).toMatchObject({
      as: '@gatehouse:acme.example',
      invite: [alice],
      isDirect: true,
      creationContent: { 'org.gatehouse.staff': alice, 'm.federate': false },
    });
    expect(chat?.initialState.map((event) => event.type)).not.toContain('m.room.encryption');
    expect(chat?.initialState).toContainEqual({
      type: 'm.room.join_rules',
      state_key: '',
      content: { join_rule: 'invite' },
    });
  });

  test('that was made but not recorded is found again, not made twice', async () => {
    house.homeserver.failures.push({ call: 'createRoom', failure: unclear, after: true });
    expect(await house.bot.ensureRooms()).toBe(1);
    expect(await house.bot.ensureRooms()).toBe(0);
    const made = [...house.homeserver.rooms.values()].filter((one) => one.made?.alias === undefined);
    expect(made).toHaveLength(2);
  });

  test('tells on the first day what is recorded, once', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    const [notice, tap] = house.homeserver.sentIn(chat);
    expect(notice?.content['body']).toContain('Recorded: what is written in all rooms of this server');
    expect(notice?.content['body']).toContain('Read by compliance: @olivia:acme.example.');
    expect(notice?.content['body']).toContain('Kept for: 6 years.');
    expect(notice?.content['m.mentions']).toEqual({ user_ids: [alice] });
    expect(tap?.content['m.relates_to']).toEqual({ rel_type: 'm.annotation', event_id: notice?.event, key: '✅' });
    const told = await house.entries('staff.notice');
    expect(told.map((entry) => entry.body)).toContainEqual({ user: alice, room: chat, notice: 'first-day' });
    await house.append({
      kind: 'room.made',
      at: house.clock.now(),
      source: { system: 'gatehouse', id: 'another chat', sure: true },
      body: { room: room('!another:acme.example'), use: { kind: 'staff', user: alice } },
    });
    expect(house.said(room('!another:acme.example'))).toEqual([]);
  });

  test('of a homeserver that is down comes when it is back', async () => {
    house.homeserver.failures.push({ call: 'createRoom', failure: down });
    house.bot.start();
    const wait = async (): Promise<void> => {
      while (house.clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    await wait();
    house.clock.advance(2_000);
    expect(await house.bot.ensureRooms()).toBe(0);
    expect(house.log.events()).toContain('bot.room-missing');
  });
});

describe('a command in the chat', () => {
  test('is answered once, as a notice that replies to it', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    const command = await house.say(alice, chat, '！Help');
    const answer = house.homeserver.sentIn(chat).at(-1);
    expect(answer).toMatchObject({ part: 'answer', source: command.position, as: '@gatehouse:acme.example' });
    expect(answer?.content).toMatchObject({
      msgtype: 'm.notice',
      'm.mentions': {},
      'm.relates_to': { 'm.in_reply_to': { event_id: command.body.event_id } },
      'org.gatehouse.answer': { command: 'help', code: 'ok', data: { commands: ['sms', 'chat', 'anyway', 'help'] } },
    });
  });

  test('that edits, notices or our own bots say is not answered', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    const before = house.said(chat).length;
    await house.event(alice, chat, { msgtype: 'm.notice', body: '!help' });
    const replaced = {
      'm.new_content': { msgtype: 'm.text', body: '!help' },
      'm.relates_to': { rel_type: 'm.replace', event_id: '$x' },
    };
    await house.say(alice, chat, '* !help', replaced);
    await house.say(house.homeserver.gatehouse, chat, '!help');
    await house.say(user('@_gh_sms_12025550199:acme.example'), chat, '!help');
    await house.say(user('@alice:evil.example'), chat, '!help');
    expect(house.said(chat)).toHaveLength(before);
  });

  test('whose answer got lost on the way is answered once, and asks for the chat once', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    const before = house.said(chat).length;
    house.homeserver.failures.push({ call: 'send', failure: unclear, after: true });
    await house.say(alice, chat, '!sms +12025550199 Hello');
    house.clock.advance(120_000);
    await house.settle();
    expect(house.said(chat).slice(before)).toEqual(['Opening a chat with +1 202 555 0199 on Sales …']);
    expect(await house.entries('portal.wanted')).toHaveLength(1);
  });

  test('taken before a kill is answered after it', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    house.homeserver.failures.push({ call: 'send', failure: down });
    await house.say(alice, chat, '!help');
    expect(house.said(chat).filter((body) => body.startsWith('!sms'))).toEqual([]);
    const { homeserver, clock } = house;
    const { place } = house.test;
    await house.stop();
    await using again = await openHouse({ homeserver, clock, place });
    await again.settle();
    expect(again.said(chat).filter((body) => body.startsWith('!sms'))).toHaveLength(1);
  });
});

describe('a contact card sent to @gatehouse', () => {
  const card = { msgtype: 'm.file', body: 'Ann.vcf', url: 'mxc://acme.example/ann', info: { mimetype: 'text/vcard' } };

  test('offers a chat with the numbers in it', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    house.homeserver.files.set('mxc://acme.example/ann', 'BEGIN:VCARD\nFN:Ann Lee\nTEL:+1 202 555 0199\nEND:VCARD');
    await house.event(alice, chat, card);
    expect(house.said(chat).at(-1)).toBe('To write to Ann Lee, +1 202 555 0199 by SMS:\n!sms +12025550199 Hello');
  });

  test('that is gone is a message like any other', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    await house.event(alice, chat, card);
    expect(house.said(chat).at(-1)).toBe('I take commands here. !help shows them.');
  });

  test('and another file is not answered', async () => {
    await house.bot.ensureRooms();
    await house.settle();
    const chat = await chatOf(alice);
    const before = house.said(chat).length;
    await house.event(alice, chat, { msgtype: 'm.file', body: 'a.pdf', url: 'mxc://acme.example/pdf' });
    expect(house.said(chat)).toHaveLength(before);
  });
});

describe('a portal', () => {
  const portalRoom = room('!ann:acme.example');

  async function openPortal(): Promise<void> {
    await house.bot.ensureRooms();
    await house.settle();
    await house.say(alice, await chatOf(alice), '!sms +12025550199');
    const [wanted] = await house.entries('portal.wanted');
    const made = wanted?.position ?? position(1);
    const ids = { portal: portalIdAt(made), contact: contactIdAt(made), line: sales.id };
    await house.append({
      kind: 'portal.opened',
      at: house.clock.now(),
      source: { system: 'gatehouse', id: `portal.opened/${made}`, sure: true },
      ...ids,
      room: portalRoom,
      body: { ...ids, room: portalRoom, network: sms },
    });
  }

  test('that was asked for is linked to where it was asked', async () => {
    await openPortal();
    expect(house.said(await chatOf(alice)).at(-1)).toBe(
      'Your chat with +1 202 555 0199: https://matrix.to/#/!ann%3Aacme.example?via=acme.example',
    );
  });

  test('answers commands, and nothing else', async () => {
    await openPortal();
    await house.say(alice, portalRoom, 'Hello Ann');
    expect(house.said(portalRoom)).toEqual([]);
    const note = await house.say(bob, portalRoom, '!note is it sold?');
    const reaction = house.homeserver.sentIn(portalRoom).at(-1);
    expect(reaction).toMatchObject({ type: 'm.reaction' });
    expect(reaction?.content['m.relates_to']).toMatchObject({ event_id: note.body.event_id, key: '📝' });
    await house.say(alice, portalRoom, '!hlep');
    expect(house.said(portalRoom).at(-1)).toBe(
      'Not sent to +1 202 555 0199: no such command. Did you mean !help? !help shows all.',
    );
    expect(house.homeserver.sentIn(portalRoom).at(-1)?.content).toMatchObject({
      msgtype: 'm.text',
      'm.mentions': { user_ids: [alice] },
    });
  });

  const replying = (to: string) => ({ 'm.relates_to': { 'm.in_reply_to': { event_id: to } } });

  test('sends what a message says by now with !correct, in reply to it or to what we said about it', async () => {
    await openPortal();
    const message = await house.say(alice, portalRoom, 'We open at 9.');
    await house.append({
      kind: 'delivery.outcome',
      at: house.clock.now(),
      source: { system: 'gatehouse', id: 'outcome', sure: true },
      body: { of: message.position, target: 'network', state: 'sent' },
    });
    await house.say(alice, portalRoom, '!correct', replying(message.body.event_id));
    expect(house.said(portalRoom).at(-1)).toBe("It wasn't edited since it went out. Edit it, then reply !correct.");
    for (const text of ['We open at 11.', 'We open at 10.']) {
      await house.event(alice, portalRoom, {
        msgtype: 'm.text',
        body: `* ${text}`,
        'm.new_content': { msgtype: 'm.text', body: text },
        'm.relates_to': { rel_type: 'm.replace', event_id: message.body.event_id },
      });
    }
    const still = await house.event(house.homeserver.gatehouse, portalRoom, {
      msgtype: 'm.text',
      body: 'still sees the first text',
      'org.gatehouse.source': { position: message.position, part: 'still-first' },
    });
    await house.say(bob, portalRoom, '!correct', replying(still.body.event_id));
    expect((await house.entries('portal.wanted')).at(-1)?.body).toMatchObject({
      address: '+12025550199',
      by: bob,
      text: '* We open at 10.',
    });
  });

  test('takes !cancel and !retry as replies to a message or to what we said about it', async () => {
    await openPortal();
    const message = await house.say(alice, portalRoom, 'Hello Ann');
    const reply = (to: string) => ({ 'm.relates_to': { 'm.in_reply_to': { event_id: to } } });
    await house.say(alice, portalRoom, '!cancel', reply(message.body.event_id));
    expect(house.said(portalRoom).at(-1)).toBe('Cancelled: nothing goes out.');
    expect((await house.entries('delivery.abandoned'))[0]?.body).toEqual({
      of: message.position,
      reason: 'withdrawn',
      by: alice,
    });
    const second = await house.say(alice, portalRoom, 'Hello again');
    await house.append({
      kind: 'delivery.outcome',
      at: house.clock.now(),
      source: { system: 'gatehouse', id: 'outcome', sure: true },
      body: { of: second.position, target: 'network', state: 'failed', reason: 'rejected' },
    });
    const why = await house.event(house.homeserver.gatehouse, portalRoom, {
      msgtype: 'm.text',
      body: 'Not sent',
      'org.gatehouse.source': { position: second.position, part: 'why' },
    });
    await house.say(bob, portalRoom, '!retry', reply(why.body.event_id));
    expect((await house.entries('delivery.retry'))[0]?.body).toEqual({ of: second.position, by: bob });
    const forged = await house.event(bob, portalRoom, {
      msgtype: 'm.notice',
      body: 'x',
      'org.gatehouse.source': { position: second.position, part: 'why' },
    });
    await house.say(bob, portalRoom, '!retry', reply(forged.body.event_id));
    expect(house.said(portalRoom).at(-1)).toMatch(/^That isn't a message to the customer\./u);
  });
});

describe('a chat that somebody else made', () => {
  const theirs = room('!theirs:acme.example');

  async function invite(encrypted: boolean): Promise<void> {
    await house.bot.ensureRooms();
    await house.settle();
    house.homeserver.addRoom([alice], theirs);
    if (encrypted)
      house.homeserver.rooms.get(theirs)?.state.set('m.room.encryption ', { algorithm: 'm.megolm.v1.aes-sha2' });
    const { gatehouse } = house.homeserver;
    await house.event(alice, theirs, { membership: 'invite' }, { type: 'm.room.member', stateKey: gatehouse });
  }

  test('and encrypted is told once where to write instead', async () => {
    await invite(true);
    const chat = await chatOf(alice);
    const link = `https://matrix.to/#/${encodeURIComponent(chat)}?via=acme.example`;
    expect(house.said(theirs)).toEqual([`I can't read encrypted chats yet. Write to me here instead: ${link}`]);
    expect(house.homeserver.sentIn(theirs)[0]?.content['msgtype']).toBe('m.text');
    const { gatehouse } = house.homeserver;
    await house.event(alice, theirs, { membership: 'invite' }, { type: 'm.room.member', stateKey: gatehouse });
    await house.event(
      alice,
      theirs,
      { algorithm: 'm.megolm.v1.aes-sha2' },
      { type: 'm.room.encryption', stateKey: '' },
    );
    expect(house.said(theirs)).toHaveLength(1);
  });

  test('and encrypted later is told then', async () => {
    await invite(false);
    expect(house.said(theirs)[0]).toMatch(/^I take commands in our own chat: /u);
    await house.event(
      alice,
      theirs,
      { algorithm: 'm.megolm.v1.aes-sha2' },
      { type: 'm.room.encryption', stateKey: '' },
    );
    expect(house.said(theirs)).toHaveLength(2);
    expect(house.said(theirs)[1]).toMatch(/^I can't read encrypted chats yet\./u);
  });

  test('on another server is not entered', async () => {
    const { gatehouse } = house.homeserver;
    await house.event(
      user('@eve:evil.example'),
      theirs,
      { membership: 'invite' },
      { type: 'm.room.member', stateKey: gatehouse },
    );
    expect(house.homeserver.sent).toEqual([]);
  });
});
