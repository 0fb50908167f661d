import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseRemoteId, type EventId, type RoomId } from '../../../src/core/ids.ts';
import { user } from './fake-homeserver.ts';
import { ann, alice, bob, openHouse, sales, stranger, type House } from './house.ts';
import { roomOf } from './room-acts.ts';

const remote = (id: string) => must(parseRemoteId(id));
const between = { from: ann, to: sales.address };
const carla = must(parseAddress('+12025550177'));

async function hears(house: House, text: string, id = 'm1'): Promise<void> {
  await house.bring({ kind: 'message', id, message: { ...between, text, remoteId: remote(id) } });
}

function eventSaying(house: House, text: string): EventId {
  const events = house.homeserver.rooms.get(roomOf(house))?.events ?? [];
  const found = events.find(({ content }) => content['body'] === text);
  if (found === undefined) throw new Error(`nobody said ${text}`);
  return found.event_id;
}

function contents(house: House) {
  return (house.homeserver.rooms.get(roomOf(house))?.events ?? []).map(({ content, sender }) => ({
    sender,
    ...content,
  }));
}

/** What is said in a line that `shown` gives. */
function bodyOf(line: string): string {
  return line.slice(line.indexOf(': ') + 2);
}

describe('what a customer does to a message of theirs', () => {
  test('an edit takes the place of the words, by their own ghost', async () => {
    await using house = await openHouse();
    await hears(house, 'Helo');
    const first = eventSaying(house, 'Helo');
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m1'), text: 'Hello' } });
    expect(contents(house)).toContainEqual(
      expect.objectContaining({
        sender: '@_gh_sms_12025550199:acme.example',
        body: '* Hello',
        'm.new_content': expect.objectContaining({ body: 'Hello' }),
        'm.relates_to': { rel_type: 'm.replace', event_id: first },
      }),
    );
    expect(await house.entries('network.edit')).toHaveLength(1);
  });

  test('an edit whose showing was never answered stands there once', async () => {
    await using house = await openHouse();
    await hears(house, 'Helo');
    const unclear = { kind: 'unclear', detail: 'no answer' } as const;
    house.homeserver.fail('send', unclear, { done: true });
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m1'), text: 'Hello' } });
    await house.pass(60_000);
    expect(contents(house).filter((content) => 'm.new_content' in content)).toHaveLength(1);
  });

  test('an edit of something older than the record is shown as what it is', async () => {
    await using house = await openHouse();
    await hears(house, 'Hi');
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('old'), text: 'New words' } });
    await house.pass(6_000);
    expect(house.shown(roomOf(house)).join('\n')).toContain('✏️ edited: New words');
  });

  test.each([
    ['too long for one event', 'Helo', 'y'.repeat(50_000)],
    ['of a text that takes several events', 'x'.repeat(50_000), 'y'],
  ])('an edit %s stands beside the first words, all of it', async (_how, first, second) => {
    await using house = await openHouse();
    await hears(house, first);
    const room = roomOf(house);
    const before = house.shown(room);
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m1'), text: second } });
    const said = contents(house).slice(-(house.shown(room).length - before.length));
    expect(house.shown(room).slice(before.length).map(bodyOf).join('')).toBe(`✏️ changed it to: ${second}`);
    const reply = { 'm.in_reply_to': { event_id: expect.stringMatching(/^\$/u) } };
    for (const content of said) expect(content).toMatchObject({ 'm.relates_to': reply });
  });

  test('an edit reaches the room where the account of their ghost was taken away', async () => {
    await using house = await openHouse();
    await hears(house, 'Helo');
    house.homeserver.refused.set(user('_gh_sms_12025550199'), 'M_USER_DEACTIVATED');
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m1'), text: 'Hello' } });
    expect(house.shown(roomOf(house)).at(-1)).toBe('@gatehouse:acme.example: +1 202 555 0199: ✏️ changed it to: Hello');
  });

  test('a deletion hides what its edits showed too, and an answer to an edit is an answer to the message', async () => {
    await using house = await openHouse();
    house.network.able = { reply: 2 };
    await hears(house, 'Helo');
    const room = roomOf(house);
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m1'), text: 'Hello' } });
    const relation = { 'm.in_reply_to': { event_id: eventSaying(house, '* Hello') } };
    await house.write(alice, room, 'Hello yourself', { 'm.relates_to': relation });
    expect(house.network.sent.at(-1)).toMatchObject({ replyTo: { id: 'm1' } });
    await house.bring({ kind: 'redaction', id: 'd1', redaction: { ...between, targets: [remote('m1')] } });
    expect(house.shown(room).filter((line) => line.includes('Hel'))).toEqual(['@alice:acme.example: Hello yourself']);
  });

  test('an answer quotes the words that stood there when it was written', async () => {
    await using house = await openHouse();
    house.network.able = { reply: 0 };
    await hears(house, 'Helo');
    const room = roomOf(house);
    const answering = { 'm.relates_to': { 'm.in_reply_to': { event_id: eventSaying(house, 'Helo') } } };
    await house.write(alice, room, 'Yes?', answering);
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...between, target: remote('m1'), text: 'Hello' } });
    await house.bring({ kind: 'edit', id: 'e2', edit: { ...between, target: remote('m1'), text: 'Hello all' } });
    await house.write(alice, room, 'Hello', answering);
    expect(house.network.sent.map(({ text }) => text)).toEqual(['> Helo\nYes?', '> Hello all\nHello']);
  });

  test('an edit, a deletion or a reaction from another chat changes nothing', async () => {
    await using house = await openHouse();
    await hears(house, 'Mine');
    const other = { from: carla, to: sales.address };
    await house.bring({ kind: 'message', id: 'c1', message: { ...other, text: 'Hello', remoteId: remote('c1') } });
    await house.bring({ kind: 'edit', id: 'e1', edit: { ...other, target: remote('m1'), text: 'Forged' } });
    await house.bring({ kind: 'redaction', id: 'd1', redaction: { ...other, targets: [remote('m1')] } });
    await house.bring({ kind: 'reaction', id: 'r1', reaction: { ...other, target: remote('m1'), keys: ['👎'] } });
    expect(house.shown(roomOf(house))).toEqual(['+1 202 555 0199 (SMS): Mine']);
    expect(house.homeserver.redacted).toEqual([]);
  });

  test('a deletion hides every event of it, and the record keeps the words', async () => {
    await using house = await openHouse();
    await hears(house, 'x'.repeat(50_000));
    await house.bring({ kind: 'redaction', id: 'd1', redaction: { ...between, targets: [remote('m1')] } });
    expect(house.homeserver.redacted).toHaveLength(2);
    expect(house.homeserver.redacted.every((line) => line.startsWith('@_gh_sms_12025550199'))).toBe(true);
    const [message] = await house.entries('network.message');
    expect(message?.body.text).toHaveLength(50_000);
  });

  test('reactions stand as the network has them now, one put up and one taken away', async () => {
    await using house = await openHouse();
    await hears(house, 'Hi');
    const room = roomOf(house);
    const put = (id: string, keys: string[]) =>
      house.bring({ kind: 'reaction', id, reaction: { ...between, target: remote('m1'), keys } });
    await put('r1', ['👍']);
    await put('r2', ['❤️']);
    expect(house.shown(room).filter((line) => line.startsWith('['))).toEqual(['[❤️]']);
    await put('r3', []);
    expect(house.shown(room).filter((line) => line.startsWith('['))).toEqual([]);
  });

  test('an answer stands as a reply to what it answers', async () => {
    await using house = await openHouse();
    await hears(house, 'Is it blue?');
    const first = eventSaying(house, 'Is it blue?');
    const message = { ...between, text: 'Or red?', remoteId: remote('m2'), replyTo: { id: remote('m1') } };
    await house.bring({ kind: 'message', id: 'm2', message });
    expect(contents(house)).toContainEqual(
      expect.objectContaining({ body: 'Or red?', 'm.relates_to': { 'm.in_reply_to': { event_id: first } } }),
    );
  });

  test('a reaction that is faster than the answer to our send finds its message all the same', async () => {
    await using house = await openHouse();
    await hears(house, 'Hi');
    const room = roomOf(house);
    house.network.during = async () => {
      const target = remote(`id-${house.network.sent.at(-1)?.position ?? 0}`);
      const at = house.clock.now();
      const reaction = { ...between, target, keys: ['👍'] };
      const event = { kind: 'reaction' as const, id: 'r1', sure: true, at, raw: Buffer.from('r1'), reaction };
      await house.bridge.inbound(sales.connector).ingest(event);
    };
    await house.write(alice, room, 'Shall I hold one?');
    await house.pass(1_000);
    expect(house.shown(room)).toContain('[👍]');
  });
});

describe('what our own account wrote on another device', () => {
  test('is shown in the chat as ours, makes nobody sound and is on record as outbound', async () => {
    await using house = await openHouse();
    await hears(house, 'Hi');
    const message = { from: sales.address, to: ann, own: true, text: 'From my phone' };
    await house.bring({ kind: 'message', id: 'o1', message });
    expect(house.shown(roomOf(house)).at(-1)).toBe(
      '@gatehouse:acme.example: From our own account on SMS: From my phone',
    );
    expect(contents(house).at(-1)).toMatchObject({ 'm.mentions': { user_ids: [] } });
    expect((await house.entries('network.message')).at(-1)).toMatchObject({ direction: 'outbound' });
  });
});

describe('what staff do to a message that went out, where the network can carry it', () => {
  async function wrote(house: House): Promise<{ room: RoomId; event: EventId }> {
    house.network.able = { edit: 2, delete: 2, reaction: 2, reaction_count: 1, reply: 2, formatting: 2 };
    await hears(house, 'Hi');
    const room = roomOf(house);
    const sent = await house.write(alice, room, 'Helo');
    return { room, event: sent.body.event_id };
  }

  function edit(house: House, at: { room: RoomId; event: EventId }, text: string) {
    return house.write(alice, at.room, `* ${text}`, {
      'm.new_content': { msgtype: 'm.text', body: text },
      'm.relates_to': { rel_type: 'm.replace', event_id: at.event },
    });
  }

  test('each edit reaches it, with the id that it gave the message', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    await edit(house, at, 'Hello');
    await edit(house, at, 'Hello!');
    expect(house.network.edits).toMatchObject([{ text: 'Hello' }, { text: 'Hello!' }]);
    expect(house.network.edits[0]?.ids[0]).toMatch(/^id-/u);
    expect(house.network.edits[0]?.by).toBe(sales.address);
    expect(house.shown(at.room).filter((line) => line.startsWith('@gatehouse'))).toEqual([]);
  });

  test('a reaction to what may have gone out does not reach it, and the room says why', async () => {
    await using house = await openHouse();
    const { room } = await wrote(house);
    const react = async (event: EventId): Promise<void> => {
      const relation = { rel_type: 'm.annotation', event_id: event, key: '👍' };
      house.homeserver.write(alice, room, { type: 'm.reaction', content: { 'm.relates_to': relation } });
      await house.settle();
    };
    house.network.answers.push({ state: 'unknown', detail: 'connection lost' });
    await react((await house.write(alice, room, 'Are you there?')).body.event_id);
    expect(house.network.reactions).toEqual([]);
    expect(house.shown(room).at(-1)).toContain("doesn't see that reaction: the network gave the message no name.");
    const before = house.shown(room).length;
    house.network.answers.push({ state: 'failed', reason: 'rejected', detail: 'spam' });
    const failed = await house.write(alice, room, 'Buy now');
    await react(failed.body.event_id);
    expect(house.shown(room).slice(before).join('\n')).not.toContain('reaction');
  });

  test('an edit that the gate stops does not reach it, and the sender is told', async () => {
    await using house = await openHouse({ judged: true });
    const at = await wrote(house);
    await edit(house, at, 'a weapon');
    expect(house.network.edits).toEqual([]);
    expect(house.shown(at.room).join('\n')).toContain('still sees the text of before: a company rule stopped');
  });

  test('an edit that was left open by a crash is done again', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    house.network.changeAnswers.push({ state: 'unknown', detail: 'connection lost' });
    await edit(house, at, 'Hello');
    await house.pass(10_000);
    expect(house.network.edits).toMatchObject([{ text: 'Hello' }, { text: 'Hello' }]);
  });

  test('a deletion takes it back there', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    house.homeserver.write(alice, at.room, { type: 'm.room.redaction', content: {}, redacts: at.event });
    await house.settle();
    expect(house.network.redactions).toMatchObject([{ to: ann, by: sales.address }]);
    expect(house.shown(at.room).join('\n')).not.toContain("can't be taken back");
  });

  test('a deletion that comes too late for the network stays here, and the room says so', async () => {
    await using house = await openHouse();
    const at = await wrote(house);
    house.network.able = { ...house.network.able, delete_max_age: 1_000 };
    house.clock.advance(2_000);
    house.homeserver.write(alice, at.room, { type: 'm.room.redaction', content: {}, redacts: at.event });
    await house.settle();
    expect(house.network.redactions).toEqual([]);
    expect(house.shown(at.room).join('\n')).toContain('Deleted here only');
  });

  test('the newest reaction stands where the network allows one, and goes when it is taken away', async () => {
    await using house = await openHouse();
    const { room } = await wrote(house);
    const on = eventSaying(house, 'Hi');
    const react = async (key: string): Promise<EventId> => {
      const relation = { rel_type: 'm.annotation', event_id: on, key };
      const event = house.homeserver.write(alice, room, { type: 'm.reaction', content: { 'm.relates_to': relation } });
      await house.settle();
      return event.event_id;
    };
    await react('👍');
    const second = await react('❤️');
    house.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: second });
    await house.settle();
    expect(house.network.reactions.map(({ keys }) => keys)).toEqual([['👍'], ['❤️'], ['👍']]);
    expect(house.network.reactions[0]).toMatchObject({ ids: ['m1'], by: ann });
  });

  test('a reaction of somebody who is not on the line goes nowhere', async () => {
    await using house = await openHouse();
    const { room } = await wrote(house);
    const relation = { rel_type: 'm.annotation', event_id: eventSaying(house, 'Hi'), key: '👍' };
    house.homeserver.write(stranger, room, { type: 'm.reaction', content: { 'm.relates_to': relation } });
    await house.settle();
    expect(house.network.reactions).toEqual([]);
  });

  test('an answer names what it answers, and its words keep their marks', async () => {
    await using house = await openHouse();
    const { room } = await wrote(house);
    await house.write(alice, room, 'It is **blue**', {
      format: 'org.matrix.custom.html',
      formatted_body: 'It is <b>blue</b>',
      'm.relates_to': { 'm.in_reply_to': { event_id: eventSaying(house, 'Hi') } },
    });
    expect(house.network.sent.at(-1)).toMatchObject({
      text: 'It is blue',
      marks: [{ as: 'bold', start: 6, length: 4 }],
      replyTo: { id: 'm1', by: ann, text: 'Hi' },
    });
  });
});

describe('what staff do that no network of plain text can carry', () => {
  test('a reaction stays among colleagues, and the room says so once', async () => {
    await using house = await openHouse();
    await hears(house, 'Hi');
    const room = roomOf(house);
    for (const key of ['👍', '❤️']) {
      const relation = { rel_type: 'm.annotation', event_id: eventSaying(house, 'Hi'), key };
      house.homeserver.write(alice, room, { type: 'm.reaction', content: { 'm.relates_to': relation } });
      await house.settle();
    }
    expect(house.shown(room).filter((line) => line.includes("can't carry them"))).toHaveLength(1);
  });

  test('a place goes out as words with a link', async () => {
    await using house = await openHouse();
    await hears(house, 'Where?');
    await house.write(alice, roomOf(house), 'Our shop', { msgtype: 'm.location', geo_uri: 'geo:40.7,-74.0' });
    expect(house.network.sent.at(-1)?.text).toBe('Our shop\nhttps://www.openstreetmap.org/?mlat=40.7&mlon=-74');
  });
});

describe('an opt-out that the network keeps', () => {
  test('is told in the chat, to those who write there', async () => {
    await using house = await openHouse();
    await hears(house, 'Hi');
    await house.bring({ kind: 'consent', id: 's1', consent: { ...between, action: 'stop' } });
    expect(house.shown(roomOf(house)).at(-1)).toMatch(/0199 opted out on SMS at \d\d:\d\d \(record \d+\)/u);
    expect(contents(house).at(-1)).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [alice, bob] } });
  });
});
