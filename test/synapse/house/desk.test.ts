/** The desk as officers use it, and what peers who are wrong or hostile can do to the record it reads. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isSeq, type Document } from 'yaml';
import type { MatrixEvent } from 'matrix-js-sdk';
import { z } from 'zod';
import {
  bodyOf,
  chatWith,
  HOUSE_START_MS,
  replyTo,
  roomNamed,
  staffedHouse,
  type StaffedHouse,
} from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
const TEXT = 'Is the lighthouse lamp still available?';
const answerShape = z.object({ command: z.string(), code: z.string(), data: z.record(z.string(), z.unknown()) });

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let omar: StaffClient;
let chat: string;
let desk: string;

interface Answered {
  readonly event: MatrixEvent;
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly refs: readonly number[];
}

async function ask(who: StaffClient, command: string): Promise<Answered> {
  const said = await who.sendText(desk, command);
  return answerTo(who, said);
}

async function answerTo(who: StaffClient, said: string): Promise<Answered> {
  const event = await replyTo(who, { room: desk, event: said }, 30_000);
  const content = event.getContent();
  const { code, data } = answerShape.parse(content['org.gatehouse.answer']);
  const refs = z.array(z.number()).default([]).parse(content['org.gatehouse.refs']);
  return { event, code, data, text: bodyOf(event), refs };
}

/** The kinds of the newest records, oldest first, as the command line shows them. */
async function tailKinds(): Promise<readonly string[]> {
  const printed = await staffed.house.command('journal', 'tail', '--last', '60', '--json');
  const lines = printed.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => z.object({ kind: z.string() }).parse(JSON.parse(line)).kind);
}

function addAuditor(config: Document): void {
  const auditors = config.getIn(['desks', 0, 'auditors']);
  if (isSeq(auditors)) auditors.add('@audrey:acme.example');
  else config.setIn(['desks', 0, 'auditors'], ['@audrey:acme.example']);
}

beforeAll(async () => {
  staffed = await staffedHouse();
  [alice, olivia, omar] = [await staffed.person('alice'), await staffed.person('olivia'), await staffed.person('omar')];
  staffed.house.carrier.text({ from: ANN, to: LINE, text: TEXT });
  chat = await chatWith(alice, '0199');
  await alice.message(chat, TEXT);
  await alice.sendText(chat, 'The lighthouse lamp is yours.');
  desk = await roomNamed(olivia, 'Compliance');
  await staffed.house.carrier.until('the answer', (line) => line.text === 'The lighthouse lamp is yours.');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

describe('an officer', () => {
  test('finds a conversation, newest first, and sees the records it quotes', async () => {
    const found = await ask(olivia, '!c search "lighthouse lamp" network:sms');
    expect(found.code).toBe('ok');
    expect(found.text.split('\n')).toEqual([
      '2 found, newest first',
      expect.stringMatching(
        /^\d+ \w{3} \d\d:\d\d @alice → \+1 202 555 0199 \(SMS\) “The lighthouse lamp is yours\.”$/u,
      ),
      expect.stringMatching(
        /^\d+ \w{3} \d\d:\d\d \+1 202 555 0199 → \+1 202 555 0100 \(SMS\) “Is the lighthouse lamp/u,
      ),
    ]);
    expect(found.refs).toHaveLength(2);
    expect(olivia.notification(found.event)).toEqual({ shown: false, sounds: false });
  }, 60_000);

  test('types as phones do: curly quotes, long dashes, any case', async () => {
    const found = await ask(olivia, '!C SEARCH “lighthouse lamp” —from:@alice');
    expect(found.code).toBe('ok');
    expect(found.refs).toHaveLength(1);
  }, 60_000);

  test('is shown a record in full; the command that showed it was on record first', async () => {
    const found = await ask(olivia, '!c search "lighthouse lamp is yours"');
    const [position = 0] = found.refs;
    const shown = await ask(olivia, `!c show ${String(position)}`);
    expect(shown.text).toContain('The lighthouse lamp is yours.');
    expect(shown.refs).toContain(position);
    // What follows the last command on record is its answer, which the homeserver brings when the room shows it already.
    let kinds: readonly string[];
    do kinds = await tailKinds();
    while (!kinds.includes('matrix.event', kinds.lastIndexOf('desk.command')));
    expect(kinds).toContain('desk.command');
  }, 60_000);

  test('has the record verified, and is told in words what is not there', async () => {
    const verdict = await ask(olivia, '!c verify');
    expect(verdict.code).toBe('ok');
    expect(verdict.text).toMatch(/^Record unbroken to [\d,]+ ✓/u);
    expect(await ask(olivia, '!c show 99999')).toMatchObject({ code: 'not-found' });
    expect(await ask(olivia, '!c search "open')).toMatchObject({ code: 'usage' });
    expect(await ask(olivia, '!c serch x')).toMatchObject({ code: 'usage', data: { meant: 'search' } });
    expect(await ask(olivia, '!c health')).toMatchObject({ code: 'ok', data: { ok: true } });
  }, 60_000);

  test('sees how long what is kept, gives her own room a class, and records it makes come under it', async () => {
    const usual = await ask(olivia, '!c retention show');
    expect(usual).toMatchObject({ code: 'ok', data: { default: 'us-finra-6y' } });
    expect(usual.text).toContain('FINRA Rule 4511(b)');
    const set = await ask(olivia, `!c retention set ${chat} eu-mifid-7y`);
    expect(set).toMatchObject({ code: 'ok', data: { set: 'done', shorter: false, class: 'eu-mifid-7y' } });
    await alice.sendText(chat, 'The foghorn stays for seven years.');
    await staffed.house.carrier.until('the foghorn', (line) => line.text === 'The foghorn stays for seven years.');
    expect((await ask(olivia, '!c search foghorn class:eu-mifid-7y')).refs).toHaveLength(1);
    expect((await ask(olivia, `!c retention show ${chat}`)).text).toContain('eu-mifid-7y');
    const printed = await staffed.house.command('retention', 'show', '--json');
    expect(printed).toContain(`"name":"desk:${chat}"`);
  });

  test('is not answered to an edit, nor to a chat among colleagues', async () => {
    const said = await olivia.sendText(desk, 'good morning');
    await olivia.edit(desk, said, '!c health');
    await ask(olivia, '!c help');
    const replies = olivia.timeline(desk).filter((event) => event.replyEventId === said);
    expect(replies).toEqual([]);
  }, 60_000);

  test('asks in a reply, whose quotation is no command', async () => {
    const said = await olivia.sendText(desk, 'who can look?');
    const reply = await omar.reply(desk, said, '> <@olivia:acme.example> !c verify\n\n!c help');
    expect(await answerTo(omar, reply)).toMatchObject({ code: 'ok', data: { commands: expect.anything() } });
  }, 60_000);
});

const wrongRequests = [
  ['without a token', { headers: {}, body: '{"events":[]}', status: 401, code: 'M_MISSING_TOKEN' }],
  [
    'with a wrong token',
    { headers: { authorization: 'Bearer wrong' }, body: '{"events":[]}', status: 403, code: 'M_FORBIDDEN' },
  ],
  [
    'cut off in the middle',
    { headers: undefined, body: '{"events":[{"type":"m.room', status: 400, code: 'M_NOT_JSON' },
  ],
  ['that is no object', { headers: undefined, body: '[]', status: 400, code: 'M_NOT_JSON' }],
] as const;

describe.each(['bridge', 'archive'] as const)('the %s listener, with a transaction', (service) => {
  async function put(transaction: string, body: string, headers?: Readonly<Record<string, string>>) {
    const { url, hs } = (await staffed.tokens())[service];
    return fetch(`${url}/_matrix/app/v1/transactions/${transaction}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...(headers ?? { authorization: `Bearer ${hs}` }) },
      body,
    });
  }

  function event(name: string, more: object = {}): object {
    const content = { msgtype: 'm.text', body: `${service} ${name}` };
    const sender = '@bob:acme.example';
    const base = { event_id: `$${service}-${name}`, room_id: '!elsewhere:acme.example', sender, content };
    return { ...base, type: 'm.room.message', origin_server_ts: Date.UTC(2026, 10, 22), ...more };
  }

  test.each(wrongRequests)(
    '%s, answers with the error of the specification',
    async (_how, { headers, body, status, code }) => {
      const answer = await put('wrong', body, headers);
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ errcode: code });
    },
  );

  test('larger than it takes, refuses it', async () => {
    const answer = await put('large', `{"events":[],"x":"${'x'.repeat(65 * 1024 * 1024)}"}`).catch(() => undefined);
    // The connection may end before the whole body was sent.
    expect(answer?.status ?? 413).toBe(413);
  }, 60_000);

  test('takes the good events among bad ones, records the bad ones, and answers 200; once, however often it comes', async () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 400; level += 1) deep = { deep };
    const body = JSON.stringify({
      events: [
        event('pelican-one'),
        { type: 'm.room.message' },
        event('numeric', { content: { msgtype: 'm.text', body: 17 } }),
        event('nested', { content: deep }),
        event('senderless', { sender: 5 }),
        'not an event',
        null,
        event('unheard-of', { type: 'org.example.unheard-of' }),
        event('pelican-two'),
      ],
    });
    const before = (await ask(olivia, '!c search kind:matrix.malformed')).refs.length;
    for (const transaction of ['mixed', 'mixed', 'mixed again']) {
      expect((await put(transaction, body)).status).toBe(200);
    }
    const found = await ask(olivia, `!c search "${service} pelican"`);
    expect(found.refs).toHaveLength(2);
    const malformed = await ask(olivia, '!c search kind:matrix.malformed');
    expect(malformed.code).toBe('ok');
    expect(malformed.refs.length).toBeGreaterThan(before === 0 ? 3 : 0);
    const shown = await ask(olivia, `!c show ${String(malformed.refs[0])}`);
    expect(shown.code).toBe('ok');
    expect(await ask(olivia, '!c verify')).toMatchObject({ code: 'ok' });
  }, 60_000);

  test('tells nothing to anybody else', async () => {
    const { url } = (await staffed.tokens())[service];
    for (const path of ['/', '/_matrix/app/v1/users/@x:y', '/_matrix/client/versions', '/metrics', '/healthz']) {
      expect([401, 404]).toContain((await fetch(`${url}${path}`)).status);
    }
  });
});

describe('a desk', () => {
  test('gives an auditor what the role may have, and answers an officer in the same room', async () => {
    await staffed.house.synapse.registerUser('audrey', staffed.house.password);
    await staffed.reconfigure(addAuditor);
    const audrey = await staffed.person('audrey');
    expect(await ask(audrey, '!c search "lighthouse lamp"')).toMatchObject({ code: 'ok' });
    expect(await ask(omar, '!c health')).toMatchObject({ code: 'ok' });
  }, 90_000);

  test('says once why it is silent while somebody without a role is in its room, and speaks again after', async () => {
    const eve = await staffed.stranger('eve');
    await invite(eve.userId);
    await eve.room('the desk', ({ id, membership }) => id === desk && membership === 'join');
    const first = await ask(olivia, '!c search lamp');
    expect(first).toMatchObject({ code: 'denied', data: { silent: 'stranger' }, refs: [] });
    expect(first.text).toContain('@eve:acme.example');
    const second = await eve.sendText(desk, '!c search lamp');
    await desksRecordOf('eve');
    await olivia.sdk.kick(desk, eve.userId, 'no role here');
    const again = await ask(olivia, '!c search "lighthouse lamp"');
    expect(again).toMatchObject({ code: 'ok' });
    expect(olivia.timeline(desk).filter((event) => event.replyEventId === second)).toEqual([]);
  }, 90_000);
});

/** A command is on record when it was decided what is answered to it, if anything is. */
async function desksRecordOf(name: string): Promise<void> {
  const asked = ['search', `kind:desk.command from:@${name}`, '--json'];
  while (!(await staffed.house.command(...asked)).includes('"kind":"desk.command"'));
}

async function invite(user: string): Promise<void> {
  const { archive } = await staffed.tokens();
  const as = `user_id=${encodeURIComponent('@compliance:acme.example')}`;
  const answer = await fetch(
    `${staffed.house.synapse.url}/_matrix/client/v3/rooms/${encodeURIComponent(desk)}/invite?${as}`,
    { method: 'POST', headers: { authorization: `Bearer ${archive.as}` }, body: JSON.stringify({ user_id: user }) },
  );
  expect(answer.status).toBe(200);
}
