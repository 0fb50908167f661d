/** What a real Synapse does with what is refused before it exists, and without Gatehouse. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { bodyOf, HOUSE_START_MS, roomNamed, staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const CARD = '4111 1111 1111 1111';
const CANARY = 'the vermilion pangolin naps while nobody judges';
const LET_IN = `charge ${CARD} while nobody looks`;
const RULES = `
rules:
  - { id: card-inside, says: looks like a payment card number, severity: high, when: { detector: card, confidence: 0.85 }, then: block }
  - { id: promise, says: promises a return, severity: low, when: { pattern: 'guaranteed return' }, then: warn }
`;

let staffed: StaffedHouse;
let alice: StaffClient;
let bob: StaffClient;
let olivia: StaffClient;
let office: string;
/** Written while nobody judged. */
let letIn: string;

const answerShape = z.looseObject({ event_id: z.string().optional(), errcode: z.string().optional() });
type Answered = readonly [status: number, body: Readonly<Record<string, unknown>>];
let sent = 0;

/** As a client asks, with the status and the words that it gets. */
async function ask(who: StaffClient, method: 'PUT' | 'POST', at: string, content: object): Promise<Answered> {
  const response = await fetch(`${staffed.house.synapse.url}/_matrix/client/v3/${at}`, {
    method,
    headers: { authorization: `Bearer ${who.sdk.getAccessToken() ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify(content),
  });
  return [response.status, answerShape.parse(await response.json())];
}

function inRoom(room: string): string {
  return `rooms/${encodeURIComponent(room)}`;
}
function say(who: StaffClient, room: string, content: object): Promise<Answered> {
  sent += 1;
  return ask(who, 'PUT', `${inRoom(room)}/send/m.room.message/presend-${sent}`, content);
}
function text(body: string): object {
  return { msgtype: 'm.text', body };
}
function state(who: StaffClient, room: string, type: string, content: object): Promise<Answered> {
  return ask(who, 'PUT', `${inRoom(room)}/state/${type}/`, content);
}
function invite(who: StaffClient, room: string, user: string): Promise<Answered> {
  return ask(who, 'POST', `${inRoom(room)}/invite`, { user_id: user });
}
function recordIn([, body]: Answered): string {
  return z.string().parse(body['org.gatehouse.record']);
}

/** What @gatehouse says in its chat with this person, with these words in it. */
async function told(who: StaffClient, words: string): Promise<string> {
  const chat = await roomNamed(who, 'Gatehouse');
  return bodyOf(await who.event(chat, `“${words}”`, (event) => bodyOf(event).includes(words)));
}

const findingShape = z.looseObject({ level: z.string(), message: z.string() });

/** What doctor says of the module: of messages, then of invitations and of joins. */
async function presendFindings(): Promise<readonly z.output<typeof findingShape>[]> {
  const said = await staffed.house.command('doctor', '--json').catch(String);
  const lines = said.split('\n').filter((line) => line.startsWith('{"id":"presend"'));
  return lines.map((line) => findingShape.parse(JSON.parse(line)));
}

/** What the desk is told. */
async function toldAtDesk(words: string): Promise<string> {
  const desk = await roomNamed(olivia, 'Compliance');
  return bodyOf(await olivia.event(desk, `“${words}” at the desk`, (event) => bodyOf(event).includes(words)));
}

/** Both read the same file when they start. */
async function changeSecret(change: (secret: string) => string): Promise<void> {
  const file = path.join(staffed.house.dir, 'secrets', 'presend');
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** Synapse is told by its config alone what to do while Gatehouse is away. */
async function failOpen(open: boolean): Promise<void> {
  const { configFile } = staffed.house.synapse;
  const config = parseDocument(await readFile(configFile, 'utf8'));
  for (const callback of ['check_event_for_spam', 'user_may_invite', 'user_may_join_room']) {
    config.setIn(['modules', 0, 'config', 'fail_open', callback], open);
  }
  await writeFile(configFile, config.toString());
  await staffed.house.synapse.restart();
}

beforeAll(async () => {
  staffed = await staffedHouse({ presend: { failOpen: true } });
  const folder = path.join(staffed.house.dir, 'config', 'policy');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'presend.yaml'), RULES);
  await staffed.reconfigure((config) => {
    config.setIn(['groups', 'floor'], ['@alice:acme.example', '@bob:acme.example']);
    config.setIn(['groups', 'desk'], ['@omar:acme.example']);
    config.setIn(['policy', 'barriers'], [{ between: ['floor', 'desk'] }]);
  });
  [alice, bob] = [await staffed.person('alice'), await staffed.person('bob')];
  olivia = await staffed.person('olivia');
  office = await alice.createRoom('Office', [bob.userId]);
  await bob.room('the office', ({ id, membership }) => id === office && membership === 'join');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

describe('With Gatehouse asked before a message exists', () => {
  test('a card number is on record and in no room; its sender reads why, at once and from @gatehouse', async () => {
    const refused = await say(alice, office, text(`charge it to ${CARD}`));
    expect(refused).toMatchObject([
      403,
      { errcode: 'M_FORBIDDEN', error: 'Not sent: looks like a payment card number (ends 1111).' },
    ]);
    const shown = await staffed.house.command('journal', 'show', recordIn(refused), '--json');
    expect(shown).toContain('policy.refused');
    expect(shown).toContain(`charge it to ${CARD}`);
    expect(await told(alice, `It is on record (${recordIn(refused)}).`)).not.toContain('4111');
    expect((await say(alice, office, text('never mind')))[0]).toBe(200);
    await bob.message(office, 'never mind');
    expect(bob.timeline(office).map(bodyOf)).not.toContain(`charge it to ${CARD}`);
  });

  test('an edit, a topic and a name are looked at, and encryption is refused while it still can be', async () => {
    const [status, { event_id: event }] = await say(alice, office, text('one moment'));
    expect(status).toBe(200);
    const edit = {
      ...text(`* ${CARD}`),
      'm.new_content': text(CARD),
      'm.relates_to': { rel_type: 'm.replace', event_id: event },
    };
    expect((await say(alice, office, edit))[0]).toBe(403);
    expect((await state(alice, office, 'm.room.topic', { topic: CARD }))[1]['error']).toContain('Topic not changed: ');
    expect((await state(alice, office, 'm.room.name', { name: CARD }))[0]).toBe(403);
    expect((await state(alice, office, 'm.room.topic', { topic: 'Deals' }))[0]).toBe(200);
    const encryption = { algorithm: 'm.megolm.v1.aes-sha2' };
    expect(await state(alice, office, 'm.room.encryption', encryption)).toMatchObject([
      403,
      { error: 'Not encrypted: rooms here are recorded, and must stay readable.' },
    ]);
  });

  test('what a rule warns of goes through once its sender said why', async () => {
    const words = 'this is a guaranteed return';
    expect((await say(alice, office, text(words)))[1]['error']).toContain('Gatehouse wrote to you');
    const chat = await roomNamed(alice, 'Gatehouse');
    const warning = await alice.event(chat, 'the warning', (event) => bodyOf(event).includes('promises a return'));
    await alice.reply(chat, warning.getId() ?? '', '!anyway it was agreed with legal');
    await alice.event(
      chat,
      'the answer',
      (event) => event.replyEventId !== undefined && bodyOf(event).includes('Noted'),
    );
    expect((await say(alice, office, text(words)))[0]).toBe(200);
    expect((await say(bob, office, text(words)))[0]).toBe(403);
  });

  test('a barrier keeps people out of a room, and words in it', async () => {
    expect(await invite(alice, office, '@omar:acme.example')).toMatchObject([
      403,
      { error: 'Not invited: the company keeps people of this room apart. Ask compliance.' },
    ]);
    expect((await invite(alice, office, '@olivia:acme.example'))[0]).toBe(200);
    expect(await told(alice, 'Not invited: the company keeps people')).toContain('It is on record (');
  });

  test('the bots say what they like: their chats and desks go on', async () => {
    const chat = await roomNamed(bob, 'Gatehouse');
    const help = await bob.sendText(chat, '!help');
    const answer = await bob.event(chat, 'the answer', (event) => event.replyEventId === help);
    expect(bodyOf(answer)).toContain('!sms');
  });

  test('a room that was encrypted from its beginning is told of, and counted', async () => {
    const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
    expect((await ask(alice, 'POST', 'createRoom', { name: 'Board', initial_state: [encryption] }))[0]).toBe(200);
    expect(await toldAtDesk('“Board”')).toContain('alice switched encryption on in room “Board”.');
    const desk = await roomNamed(olivia, 'Compliance');
    const asked = await olivia.sendText(desk, '!c health');
    const answer = bodyOf(await olivia.event(desk, 'the answer', (event) => event.replyEventId === asked));
    expect(answer).toContain('Unreadable 1 room, 0 messages: room “Board”');
    expect(answer).toMatch(/Synapse asked last .* · refused \d+ · not judged 0 · 99 of 100 answered in [\d,]+ ms/u);
  });

  test('doctor tries what the module does without us, and leaves nothing behind that stops people', async () => {
    expect(await presendFindings()).toMatchObject([
      { level: 'info', message: 'Synapse asks first, and takes messages while Gatehouse is down' },
      { level: 'info', message: 'Synapse asks first, and takes invitations while Gatehouse is down' },
      { level: 'info', message: 'Synapse asks first, and lets people join rooms while Gatehouse is down' },
    ]);
    expect((await say(alice, office, text(CARD)))[0]).toBe(403);
  });

  test('a deletion is never refused', async () => {
    const [, { event_id: event }] = await say(alice, office, text('to be deleted'));
    const redaction = `${inRoom(office)}/redact/${encodeURIComponent(String(event))}/gone`;
    expect((await ask(alice, 'PUT', redaction, { reason: CARD }))[0]).toBe(200);
  });
});

describe('Without Gatehouse', () => {
  beforeAll(async () => {
    await staffed.house.gatehouse.stop();
  }, 60_000);

  test('the module lets in what it was told to let in, and says nothing of it in its log', async () => {
    expect((await say(alice, office, text(CANARY)))[0]).toBe(200);
    const log = await readFile(path.join(staffed.house.dir, 'synapse', 'homeserver.log'), 'utf8');
    expect(log).not.toContain('pangolin');
    const [status, { event_id: event }] = await say(alice, office, text(LET_IN));
    expect([status, event]).toEqual([200, expect.any(String)]);
    letIn = String(event);
    expect((await say(bob, office, text('it is a guaranteed return, after all')))[0]).toBe(200);
    expect((await invite(alice, office, '@omar:acme.example'))[0]).toBe(200);
  }, 60_000);

  test('who came across a barrier meanwhile is found; with a wrong secret the module goes by its own fail mode', async () => {
    await changeSecret((secret) => `${secret}0`);
    await staffed.house.gatehouse.start();
    expect(await toldAtDesk('keeps floor and desk apart')).toContain(
      'omar, alice and bob are together in room “Office”',
    );
    expect((await say(alice, office, text(CANARY)))[0]).toBe(200);
    const log = await readFile(path.join(staffed.house.dir, 'synapse', 'homeserver.log'), 'utf8');
    expect(log).not.toContain('pangolin');
    expect(await presendFindings()).toMatchObject([
      { level: 'error', message: expect.stringContaining('a wrong secret') },
    ]);
    await staffed.house.gatehouse.stop();
    await changeSecret((secret) => secret.slice(0, -1));
  }, 120_000);

  test('closed, it lets nothing in, until Gatehouse is back', async () => {
    await failOpen(false);
    expect(await say(alice, office, text(CANARY))).toMatchObject([403, { errcode: 'M_UNKNOWN' }]);
    expect((await invite(alice, office, '@gatehouse:acme.example'))[0]).toBe(403);
    await staffed.house.gatehouse.start();
    expect((await state(alice, office, 'm.room.topic', { topic: 'back again' }))[0]).toBe(403);
    const other = await alice.createRoom('Another office', [bob.userId]);
    expect((await say(alice, other, text('back again')))[0]).toBe(200);
    expect((await say(alice, other, text(CARD)))[0]).toBe(403);
    const isTrue = 'while Gatehouse is down; policy.presend.failOpen is true';
    expect(await presendFindings()).toMatchObject([
      { level: 'warn', message: `Synapse takes no message ${isTrue}` },
      { level: 'warn', message: `Synapse takes no invitation ${isTrue}` },
      { level: 'warn', message: `Synapse lets nobody join a room ${isTrue}` },
    ]);
  }, 120_000);

  test('what was let in meanwhile is looked at afterwards: taken away, on record as it was, and its senders told', async () => {
    await bob.until('the card number is gone for others', () =>
      bob.timeline(office).some((event) => event.getId() === letIn && event.isRedacted()) ? true : undefined,
    );
    expect(bob.timeline(office).map(bodyOf)).not.toContain(LET_IN);
    const words = await told(alice, 'A company rule took it out of the room');
    expect(words).toContain('Your message in room “Office” looks like a payment card number (ends 1111).');
    const record = /It is on record \((\d+)\)/u.exec(words)?.[1];
    const shown = await staffed.house.command('journal', 'show', record ?? '', '--json');
    expect(shown).toContain(LET_IN);
    expect(await told(bob, 'Your message in room “Office” promises a return.')).toContain('reply !anyway and why');
    expect(await toldAtDesk('card-inside · taken out of the room')).not.toContain('4111');
  }, 60_000);
});

describe('A barrier to a group that is a room', () => {
  test('holds for everybody while nobody can say who is in it, and for those who are once @gatehouse is in it too', async () => {
    const [carol, dave] = [await staffed.stranger('carol'), await staffed.stranger('dave')];
    const lab = await carol.createRoom('Lab');
    await staffed.reconfigure((config) => {
      config.setIn(['groups', 'lab'], { room: lab });
      config.setIn(['policy', 'barriers'], [{ between: ['floor', 'lab'] }]);
    });
    const lunch = await alice.createRoom('Lunch', [bob.userId]);
    expect((await say(alice, lunch, text('among ourselves')))[0]).toBe(200);
    expect((await invite(alice, lunch, dave.userId))[0]).toBe(403);
    expect((await say(carol, lab, text('among ourselves')))[0]).toBe(200);
    await carol.sdk.invite(lab, '@gatehouse:acme.example');
    await carol.until('@gatehouse in the lab', () =>
      carol.sdk.getRoom(lab)?.getMember('@gatehouse:acme.example')?.membership === 'join' ? true : undefined,
    );
    const give = performance.now() + 30_000;
    while ((await invite(alice, lunch, dave.userId))[0] !== 200) {
      expect(performance.now()).toBeLessThan(give);
      await pause(1_000);
    }
    expect(await invite(alice, lunch, carol.userId)).toMatchObject([
      403,
      { error: 'Not invited: the company keeps people of this room apart. Ask compliance.' },
    ]);
  }, 180_000);
});
