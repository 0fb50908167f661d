/** A customer and a salesperson, as the salesperson's client shows it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventTimeline, EventType, type MatrixEvent } from 'matrix-js-sdk';
import {
  bodyOf,
  chatWith,
  HOUSE_START_MS,
  marked,
  marksOn,
  replyTo,
  roomNamed,
  staffedHouse,
  type StaffedHouse,
} from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
let staffed: StaffedHouse;
let alice: StaffClient;
let bob: StaffClient;
/** The chat with Ann. */
let chat: string;

function hear(text: string, from = ANN): Promise<MatrixEvent> {
  staffed.house.carrier.text({ from, to: LINE, text });
  return alice.message(chat, text);
}

function taken(text: string) {
  return staffed.house.carrier.until(`“${text.slice(0, 40)}”`, (line) => line.pdu === 'message' && line.text === text);
}

async function textsTaken(): Promise<readonly string[]> {
  return (await staffed.house.carrier.taken()).map((line) => line.text ?? '');
}

function stateOf(room: string) {
  return alice.sdk.getRoom(room)?.getLiveTimeline().getState(EventTimeline.FORWARDS);
}

function state(type: string, key = ''): Readonly<Record<string, unknown>> | undefined {
  return stateOf(chat)?.getStateEvents(type, key)?.getContent();
}

function ofType(room: string, type: string): readonly MatrixEvent[] {
  return alice.timeline(room).filter((event) => event.getType() === type);
}

function statusOf(said: string): MatrixEvent | undefined {
  return ofType(chat, 'com.beeper.message_send_status').find((event) => event.getRelation()?.event_id === said);
}

beforeAll(async () => {
  staffed = await staffedHouse();
  [alice, bob] = [await staffed.person('alice'), await staffed.person('bob')];
  staffed.house.carrier.text({ from: ANN, to: LINE, text: 'Hi, is the blue one still available?' });
  chat = await chatWith(alice, '0199');
  await chatWith(bob, '0199');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

describe('a chat with a customer', () => {
  test('is named after the customer, whose ghost speaks in it', async () => {
    const event = await alice.message(chat, 'Hi, is the blue one still available?');
    expect(alice.sdk.getRoom(chat)?.name).toBe('+1 202 555 0199 (SMS)');
    expect(event.getSender()).toBe('@_gh_sms_12025550199:acme.example');
    expect(event.sender?.name).toBe('+1 202 555 0199 (SMS)');
    expect(event.getContent()['m.mentions']).toEqual({ user_ids: [alice.userId, bob.userId] });
  });

  test('is a room that says what it is: not federated, bridged, in the space of its line', async () => {
    const create = await alice.sdk.getStateEvent(chat, EventType.RoomCreate, '');
    expect(create).toMatchObject({ 'm.federate': false });
    for (const type of ['m.bridge', 'uk.half-shot.bridge']) {
      const [info] = stateOf(chat)?.getStateEvents(type) ?? [];
      expect(info?.getContent()).toMatchObject({
        bridgebot: '@gatehouse:acme.example',
        protocol: { id: 'sms' },
        channel: { id: ANN },
      });
    }
    const space = await roomNamed(alice, 'Sales +1 202 555 0100');
    expect(alice.sdk.getRoom(space)?.isSpaceRoom()).toBe(true);
    expect(state('m.space.parent', space)).toMatchObject({ canonical: true });
    await alice.until('the chat in the space', () =>
      stateOf(space)?.getStateEvents('m.space.child', chat) === null ? undefined : true,
    );
  });

  test('is not encrypted, and staff can neither encrypt it, rename it nor invite into it', async () => {
    expect(state('m.room.encryption')).toBeUndefined();
    const encrypt = alice.sdk.sendStateEvent(chat, EventType.RoomEncryption, { algorithm: 'm.megolm.v1.aes-sha2' });
    await expect(encrypt).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
    await expect(alice.sdk.setRoomName(chat, 'Mine')).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
    await expect(alice.sdk.invite(chat, '@olivia:acme.example')).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  });

  test('sounds for what the customer writes, and for nothing that Gatehouse marks or notes', async () => {
    const heard = await hear('Do you deliver?');
    expect(alice.notification(heard)).toEqual({ shown: true, sounds: true });
    expect(bob.notification(await bob.message(chat, 'Do you deliver?'))).toEqual({ shown: true, sounds: true });

    const said = await alice.sendText(chat, 'Every day but Sunday.');
    await marked(alice, { room: chat, event: said }, '✓✓');
    await alice.reply(chat, said, '!cancel');
    const answer = await alice.event(chat, 'the answer', (event) => event.getContent().msgtype === 'm.notice');
    expect(alice.notification(answer)).toEqual({ shown: false, sounds: false });
    const ours = ['m.reaction', 'm.bridge', 'uk.half-shot.bridge', 'm.space.parent'];
    const quiet = alice.timeline(chat).filter((event) => ours.includes(event.getType()));
    expect(new Set(quiet.map((event) => event.getType()))).toEqual(new Set(ours));
    for (const event of quiet) expect(alice.notification(event)).toEqual({ shown: false, sounds: false });
  }, 60_000);

  test('a message that is through shows ✓✓, one mark, and a status for clients that read it', async () => {
    const said = await alice.sendText(chat, 'Shall I hold one?');
    expect(await taken('Shall I hold one?')).toMatchObject({ from: LINE.slice(1), to: ANN.slice(1) });
    await marked(alice, { room: chat, event: said }, '✓✓');
    expect(marksOn(alice, chat, said)).toEqual(['✓✓']);
  }, 60_000);

  test('a failure is ⚠️ with a reply that sounds, says why and what to do; the mark itself stays silent', async () => {
    await staffed.house.carrier.misbehave({ reject: [{ to: ANN.slice(1), status: 0x45 }] });
    const said = await alice.sendText(chat, 'refused once');
    const at = { room: chat, event: said };
    const why = await replyTo(alice, at);
    expect(bodyOf(why)).toBe('Not sent: SMS refused it (the carrier could not take it). !retry (reply) tries again.');
    expect(why.getContent()).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [alice.userId] } });
    expect(alice.notification(why)).toEqual({ shown: true, sounds: true });
    await marked(alice, at, '⚠️');
    const status = await alice.until('the status', () => statusOf(said));
    expect(alice.notification(status)).toEqual({ shown: false, sounds: false });
    expect(status.getContent()).toMatchObject({ status: 'FAIL_PERMANENT', network: 'sms' });

    await staffed.house.carrier.misbehave({});
    await alice.reply(chat, why.getId() ?? '', '!retry');
    await taken('refused once');
    await marked(alice, at, '✓✓');
    const removed = ofType(chat, 'm.room.redaction').filter((event) => event.getSender() === '@gatehouse:acme.example');
    expect(removed.map((event) => alice.notification(event).sounds)).toContain(false);
    expect(removed.map((event) => alice.notification(event).sounds)).not.toContain(true);
    const again = await alice.reply(chat, said, '!retry');
    expect(bodyOf(await replyTo(alice, { room: chat, event: again }))).toMatch(/went out already/u);
    expect((await textsTaken()).filter((text) => text === 'refused once')).toHaveLength(1);
  }, 60_000);

  test('"ok" twice is heard twice', async () => {
    staffed.house.carrier.text({ from: ANN, to: LINE, text: 'ok' });
    staffed.house.carrier.text({ from: ANN, to: LINE, text: 'ok' });
    const both = await alice.until('both', () => {
      const heard = alice.timeline(chat).filter((event) => bodyOf(event) === 'ok');
      return heard.length > 1 ? heard : undefined;
    });
    expect(both).toHaveLength(2);
  });

  test.each([
    ['longer than one SMS', 'The quick brown fox jumps over the lazy dog. '.repeat(9)],
    ['longer than one SMS in another alphabet', `Добрый день, ${'это длинное сообщение. '.repeat(12)}`],
    ['with emoji of several characters', '👩🏽‍🚀 🎉 👍🏽 ok'],
    ['from right to left', 'שלום, האם הכחול עדיין זמין? مرحبا'],
    ['of several lines', 'one\n\ntwo  three'],
  ])(
    'a text %s goes both ways unchanged',
    async (_what, text) => {
      await hear(text);
      await alice.sendText(chat, `${text}!`);
      expect(await taken(`${text}!`)).toMatchObject({ to: ANN.slice(1) });
    },
    60_000,
  );
});

describe('what a line can’t carry', () => {
  const at = (event: string) => ({ room: chat, event });

  test('media are refused in plain words', async () => {
    const kinds = {
      'm.image': 'pictures',
      'm.file': 'files',
      'm.audio': 'audio files',
      'm.video': 'videos',
      'org.example.unheard-of': 'this kind of message',
    };
    const sent: [event: string, what: string][] = [];
    for (const [msgtype, what] of Object.entries(kinds)) {
      const content = { msgtype, body: `a ${msgtype}`, url: 'mxc://acme.example/x', geo_uri: 'geo:1,2' };
      sent.push([await alice.sendRaw(chat, 'm.room.message', content), what]);
    }
    for (const [event, what] of sent) {
      const words = `Not sent: this line can't carry ${what}. Write it as text, or send a link.`;
      expect(bodyOf(await replyTo(alice, at(event)))).toBe(words);
    }
    const sentOn = await textsTaken();
    expect(Object.keys(kinds).filter((msgtype) => sentOn.includes(`a ${msgtype}`))).toEqual([]);
  }, 60_000);

  test('a sticker and a poll too; an emote goes out as its text; blanks alone do not', async () => {
    const sticker = { body: 'cat', url: 'mxc://acme.example/x', info: {} };
    const sent = await alice.sendRaw(chat, 'm.sticker', sticker);
    expect(bodyOf(await replyTo(alice, at(sent)))).toMatch(/can't carry stickers/u);
    const emote = await alice.sendRaw(chat, 'm.room.message', { msgtype: 'm.emote', body: 'waves' });
    await taken('waves');
    await marked(alice, at(emote), '✓✓');
    const blank = await alice.sendText(chat, '   ');
    expect(bodyOf(await replyTo(alice, at(blank)))).toBe('Not sent: there is no text in it.');
  }, 60_000);

  test('a text of more parts than a phone takes is refused, with what to do', async () => {
    const long = await alice.sendText(chat, 'y'.repeat(30_000));
    expect(bodyOf(await replyTo(alice, at(long)))).toMatch(
      /^Not sent: too long for SMS \(\d+ parts, at most 10\)\. Split it and send it again\.$/u,
    );
  }, 60_000);

  test('an encrypted message in a portal is not sent and says so', async () => {
    const content = { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'c', session_id: 's', sender_key: 'k' };
    const sent = await alice.sendRaw(chat, 'm.room.encrypted', content);
    const why = await replyTo(alice, at(sent));
    expect(bodyOf(why)).toMatch(/^Not sent: this message is encrypted and Gatehouse can't read it\./u);
    expect(alice.notification(why)).toEqual({ shown: true, sounds: true });
  }, 60_000);

  test('an edit and a deletion of what went out stay here, and she is told', async () => {
    const said = await alice.sendText(chat, 'It costs 10');
    await marked(alice, at(said), '✓✓');
    await alice.edit(chat, said, 'It costs 12');
    const edit = await alice.event(chat, 'the word on the edit', (event) => bodyOf(event).includes("can't edit"));
    expect(bodyOf(edit)).toBe(
      "+1 202 555 0199 still sees the first text: SMS can't edit. !correct (reply) sends the new one.",
    );
    expect(alice.notification(edit).sounds).toBe(true);
    await alice.reply(chat, edit.getId() ?? '', '!correct');
    await taken('* It costs 12');
    await alice.redact(chat, said);
    await alice.event(chat, 'the word on the deletion', (event) => bodyOf(event).startsWith('Deleted here only:'));
    expect((await textsTaken()).filter((text) => text.startsWith('It costs'))).toEqual(['It costs 10']);
  }, 60_000);
});

describe('what stays inside', () => {
  test('a mistyped command is told not to have gone out, in a message that sounds', async () => {
    const said = await alice.sendText(chat, '!taek this one');
    const why = await replyTo(alice, { room: chat, event: said });
    expect(bodyOf(why)).toMatch(/^Not sent to \+1 202 555 0199: no such command\./u);
    expect(alice.notification(why).sounds).toBe(true);
  });

  test('a note is marked and seen by colleagues alone', async () => {
    const said = await alice.sendText(chat, '!note is the blue one sold?');
    await marked(alice, { room: chat, event: said }, '📝');
    await bob.message(chat, '!note is the blue one sold?');
    await hear('after the note');
    expect((await textsTaken()).filter((text) => text.startsWith('!'))).toEqual([]);
  });

  test('who is not on the line is told so, and nothing goes out', async () => {
    const eve = await staffed.stranger('eve');
    await inviteAsGatehouse(eve.userId);
    await eve.room('the chat', ({ id, membership }) => id === chat && membership === 'join');
    const said = await eve.sendText(chat, 'Hello from Eve');
    const why = await replyTo(eve, { room: chat, event: said });
    expect(bodyOf(why)).toBe('Not sent: you are not on this line. Ask its supervisor to add you.');
    expect(eve.notification(why).sounds).toBe(true);
    await marked(eve, { room: chat, event: said }, '🛑');
    const command = await eve.reply(chat, said, '!retry');
    expect(bodyOf(await replyTo(eve, { room: chat, event: command }))).toMatch(/not on this line/u);
    const opens = await eve.sendText(chat, '!sms +12025550142 Hello from Eve');
    expect(bodyOf(await replyTo(eve, { room: chat, event: opens }))).toMatch(/on no SMS line/u);
    expect((await textsTaken()).filter((text) => text.includes('from Eve'))).toEqual([]);
  }, 60_000);
});

describe('a chat with @gatehouse', () => {
  test('is there for each salesperson, and tells once what is recorded and who reads it', async () => {
    const room = await roomNamed(alice, 'Gatehouse');
    const told = await alice.event(room, 'the first words', (event) => event.getType() === 'm.room.message');
    expect(bodyOf(told)).toMatch(/Recorded: .*\nRead by compliance: @olivia:acme\.example, @omar:acme\.example\./u);
    await marked(alice, { room, event: told.getId() ?? '' }, '✅');
  }, 60_000);

  test('opens a chat by number, and says where it is', async () => {
    const room = await roomNamed(alice, 'Gatehouse');
    await alice.sendText(room, '!sms (202) 555-0142 Your order is ready');
    expect(await taken('Your order is ready')).toMatchObject({ to: '12025550142' });
    const opened = await chatWith(alice, '0142');
    const shown = await alice.message(opened, 'alice wrote: Your order is ready');
    await marked(alice, { room: opened, event: shown.getId() ?? '' }, '✓✓');
    await alice.event(room, 'the link', (event) => bodyOf(event).includes(encodeURIComponent(opened)));
  }, 60_000);

  test('begun encrypted, as Element X does, says once in plain words where to write instead', async () => {
    const { room_id: room } = await alice.sdk.createRoom({
      invite: ['@gatehouse:acme.example'],
      is_direct: true,
      initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    });
    const told = await alice.event(room, 'the answer', (event) => event.getType() === 'm.room.message');
    const own = await roomNamed(alice, 'Gatehouse');
    expect(bodyOf(told)).toBe(
      `I can't read encrypted chats yet. Write to me here instead: https://matrix.to/#/${encodeURIComponent(own)}?via=acme.example`,
    );
    const content = { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'c', session_id: 's', sender_key: 'k' };
    await alice.sendRaw(room, 'm.room.encrypted', content);
    const after = await alice.sendText(own, '!help');
    await replyTo(alice, { room: own, event: after });
    expect(ofType(room, 'm.room.message')).toHaveLength(1);
  }, 60_000);
});

async function inviteAsGatehouse(user: string): Promise<void> {
  const query = `user_id=${encodeURIComponent('@gatehouse:acme.example')}`;
  const { bridge } = await staffed.tokens();
  const answer = await fetch(
    `${staffed.house.synapse.url}/_matrix/client/v3/rooms/${encodeURIComponent(chat)}/invite?${query}`,
    { method: 'POST', headers: { authorization: `Bearer ${bridge.as}` }, body: JSON.stringify({ user_id: user }) },
  );
  expect(answer.status).toBe(200);
}
