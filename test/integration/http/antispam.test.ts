import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseClassId } from '../../../src/core/ids.ts';
import type {
  Presend,
  PresendAnswer,
  PresendHearing,
  PresendQuestion,
  Unjudged,
} from '../../../src/core/ports/presend.ts';
import { ANTISPAM_PATH, antispamHandler } from '../../../src/http/antispam.ts';
import { startFront, type Front } from '../../../src/matrix/front.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { MemoryRecorder } from '../matrix/memory-recorder.ts';

const SECRET = 'what-the-module-shows-about-itself';
const allowed: PresendAnswer = { status: 200, body: {} };
const refused: PresendAnswer = {
  status: 403,
  body: { errcode: 'M_FORBIDDEN', error: 'Not sent: looks like a payment card number (ends 1111).' },
};

class Answering implements Presend {
  readonly asked: PresendQuestion[] = [];
  readonly unasked: Unjudged[] = [];
  answer: () => Promise<PresendAnswer> = () => Promise.resolve(allowed);

  ask(question: PresendQuestion): Promise<PresendAnswer> {
    this.asked.push(question);
    return this.answer();
  }

  unjudged(why: Unjudged): PresendAnswer {
    this.unasked.push(why);
    return allowed;
  }
}

let presend: Answering;
let log: KeptLog;
let metrics: KeptMetrics;
let heard: string[];
let tried: string | undefined;
const hearing: PresendHearing = {
  pinged: () => {
    heard.push('ping');
  },
  stranger: () => {
    heard.push('stranger');
  },
  asked: (question) => {
    heard.push('question');
    return 'event' in question && question.event.id === tried;
  },
};
let front: Front;

function frontOf(also: boolean): Promise<Front> {
  const handler = antispamHandler({ secret: SECRET, presend, hearing, log, metrics });
  return startFront({
    service: 'archive',
    listen: { host: '127.0.0.1', port: 0 },
    token: 'the-token-of-the-registration',
    recorder: new MemoryRecorder(),
    class: must(parseClassId('us-finra-6y')),
    clock: systemClock,
    ...{ log, metrics },
    ...(also ? { also: { path: ANTISPAM_PATH, handler } } : {}),
  });
}

beforeEach(async () => {
  presend = new Answering();
  log = new KeptLog();
  metrics = new KeptMetrics();
  heard = [];
  tried = undefined;
  front = await frontOf(true);
});
afterEach(async () => {
  await front.stop();
});

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${front.port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function answerOf(response: Response): Promise<readonly [number, unknown]> {
  expect(response.headers.get('content-type')).toContain('application/json');
  const body: unknown = await response.json();
  expect(typeof body === 'object' && body !== null && !Array.isArray(body)).toBe(true);
  expect(body).not.toHaveProperty('msg');
  expect(body).not.toHaveProperty('code');
  return [response.status, body];
}

/** The module takes whatever JSON it gets for a decision, and only what is none for a server in trouble. */
async function noJudgement(response: Response): Promise<number> {
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(() => {
    JSON.parse(text);
  }).toThrow();
  return response.status;
}

const room = '!abc:acme.example';
const alice = '@alice:acme.example';
const bob = '@bob:acme.example';
const event = {
  content: { body: 'hello', msgtype: 'm.text' },
  event_id: '$x1',
  origin_server_ts: 1_700_000_000_000,
  room_id: room,
  sender: alice,
  type: 'm.room.message',
  unsigned: { age_ts: 1_700_000_000_000 },
};

/** What the module of 0.5.1 posts, as it was seen on the wire, and what is asked because of it. */
const vectors: readonly (readonly [callback: string, body: object, question: object])[] = [
  [
    'check_event_for_spam',
    { event },
    {
      callback: 'check_event_for_spam',
      event: {
        ...{ id: '$x1', type: 'm.room.message', room, sender: alice, at: 1_700_000_000_000 },
        ...{ content: event.content, whole: event },
      },
    },
  ],
  [
    'check_event_for_spam',
    { event: { ...event, type: 'm.room.topic', content: { topic: 'Deals' }, state_key: '' } },
    { callback: 'check_event_for_spam', event: { type: 'm.room.topic', stateKey: '' } },
  ],
  ['federated_user_may_invite', { event }, { callback: 'federated_user_may_invite', event: { id: '$x1' } }],
  [
    'user_may_invite',
    { inviter: alice, invitee: bob, room_id: room },
    { callback: 'user_may_invite', inviter: alice, invitee: bob, room },
  ],
  ['user_may_join_room', { user: bob, room, is_invited: true }, { callback: 'user_may_join_room', user: bob, room }],
];

describe('What the module asks', () => {
  test.each(vectors)('%s %j is understood, and allowed with an empty object', async (callback, body, question) => {
    expect(await answerOf(await post(`/antispam/${callback}`, body))).toEqual([200, {}]);
    expect(presend.asked).toMatchObject([question]);
  });

  test('a refusal brings the words to the client', async () => {
    presend.answer = () => Promise.resolve(refused);
    expect(await answerOf(await post('/antispam/check_event_for_spam', { event }))).toEqual([403, refused.body]);
  });

  test.each([
    ['accept_make_join', { user: bob, room }],
    ['user_may_send_3pid_invite', { inviter: alice, medium: 'email', address: 'a@b.example', room_id: room }],
    ['user_may_create_room', { user_id: alice }],
    ['user_may_create_room_alias', { user_id: alice, room_alias: '#a:acme.example' }],
    ['user_may_publish_room', { user_id: alice, room_id: room }],
    ['check_username_for_spam', { user_profile: { user_id: alice, display_name: 'Alice' }, requester_id: bob }],
    ['check_login_for_spam', { user_id: alice, device_id: null, initial_display_name: null, request_info: [] }],
  ])('%s is not ours to judge, so that nobody is locked out by a list left out', async (callback, body) => {
    expect(await answerOf(await post(`/antispam/${callback}`, body))).toEqual([200, {}]);
    expect([presend.asked, presend.unasked]).toEqual([[], []]);
  });

  test('a ping is answered with its id, and is a sign that Synapse started', async () => {
    expect(await answerOf(await post('/antispam/ping', { id: 'AbCdEfGh' }))).toEqual([
      200,
      { id: 'AbCdEfGh', status: 'ok' },
    ]);
    expect(heard).toEqual(['ping']);
    expect(await noJudgement(await post('/antispam/ping', {}))).toBe(400);
    expect(heard).toEqual(['ping']);
  });

  test('what only tries the module is left without a judgement, and every other question is judged', async () => {
    tried = event.event_id;
    expect(await noJudgement(await post('/antispam/check_event_for_spam', { event }))).toBe(500);
    expect(presend.asked).toEqual([]);
    const other = { ...event, event_id: '$x2' };
    expect(await answerOf(await post('/antispam/check_event_for_spam', { event: other }))).toEqual([200, {}]);
    expect([heard, presend.asked.length]).toEqual([['question', 'question'], 1]);
  });

  test.each([
    ['no event', {}],
    ['an event that is a list', { event: [event] }],
    ['a sender that is none', { event: { ...event, sender: 'alice' } }],
    ['a room that is none', { event: { ...event, room_id: 7 } }],
    ['nothing at all', null],
  ])('a question of another version (%s) is answered as failOpen says', async (_, body) => {
    expect(await answerOf(await post('/antispam/check_event_for_spam', body))).toEqual([200, {}]);
    expect(presend.unasked).toEqual(['not-understood']);
    expect(log.events()).toContain('presend.not-understood');
  });
});

describe('What is not asked rightly', () => {
  const paths = ['/antispam', '/antispam/', '/antispam/ping', '/antispam/check_event_for_spam', '/antispam/x'];

  test.each(paths)('%s needs the secret, in the header alone', async (path) => {
    const open = await post(path, { event }, { authorization: '' });
    expect(await noJudgement(open)).toBe(401);
    const inAddress = await post(`${path}?access_token=${SECRET}`, { event }, { authorization: '' });
    expect(inAddress.status).toBe(401);
    for (const authorization of [`Bearer ${SECRET}x`, 'Bearer the-token-of-the-registration']) {
      expect(await noJudgement(await post(path, { event }, { authorization }))).toBe(403);
    }
    expect(heard).toEqual(['stranger', 'stranger', 'stranger', 'stranger']);
    expect(presend.asked).toEqual([]);
    expect(metrics.counts.get('matrix_front_refused antispam stranger')).toBe(2);
  });

  test.each([
    ...['/antispam', '/antispam/', '/antispam/x', '/antispam/check_event_for_spam/', '/antispam/PING'],
    ...['/antispam/constructor', '/antispam/__proto__', '/antispam/ping/x'],
  ])('%s is not there', async (path) => {
    expect(await noJudgement(await post(path, { event }))).toBe(404);
  });

  test.each(['/AntiSpam/ping', '/antispam/%2e%2e'])('%s is another path of the listener', async (path) => {
    expect(await answerOf(await post(path, { event }))).toMatchObject([404, { errcode: 'M_NOT_FOUND' }]);
  });

  test.each(['GET', 'PUT', 'DELETE'])('%s is not how it is asked', async (method) => {
    const headers = { authorization: `Bearer ${SECRET}` };
    for (const callback of ['ping', 'user_may_invite']) {
      const response = await fetch(`http://127.0.0.1:${front.port}/antispam/${callback}`, { method, headers });
      expect(response.headers.get('allow')).toBe('POST');
      expect(await noJudgement(response)).toBe(405);
    }
  });

  test('what is no JSON, compressed or too large is refused unread', async () => {
    const at = '/antispam/check_event_for_spam';
    expect(await noJudgement(await post(at, '{"event":'))).toBe(400);
    expect(await noJudgement(await post(at, ''))).toBe(400);
    expect(await noJudgement(await post(at, 'x', { 'content-encoding': 'gzip' }))).toBe(415);
    expect(await noJudgement(await post(at, `"${'x'.repeat(1024 * 1024)}"`))).toBe(413);
    expect(
      await raw(`POST ${at} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${SECRET}\r\nContent-Length: 9999999\r\n\r\n`),
    ).toContain('413');
    expect(presend.asked).toEqual([]);
  });

  test('is another path where pre-send is off', async () => {
    await front.stop();
    front = await frontOf(false);
    for (const callback of ['ping', 'check_event_for_spam', 'x']) {
      expect((await post(`/antispam/${callback}`, { event })).status).toBe(404);
    }
  });
});

describe('Under load and in trouble', () => {
  test('beyond sixty-four at a time it is answered at once, as failOpen says', async () => {
    const { promise, resolve } = Promise.withResolvers<PresendAnswer>();
    presend.answer = () => promise;
    const held = Array.from({ length: 64 }, () => post('/antispam/check_event_for_spam', { event }));
    while (presend.asked.length < 64) await new Promise(setImmediate);
    expect(await answerOf(await post('/antispam/check_event_for_spam', { event }))).toEqual([200, {}]);
    expect(presend.unasked).toEqual(['too-many']);
    resolve(refused);
    expect(new Set((await Promise.all(held)).map(({ status }) => status))).toEqual(new Set([403]));
    expect((await post('/antispam/check_event_for_spam', { event })).status).toBe(403);
  });

  test('a failure inside is answered as failOpen says, and not in its own words', async () => {
    presend.answer = () => Promise.reject(new Error('words of a message'));
    const response = await post('/antispam/check_event_for_spam', { event });
    expect(await answerOf(response)).toEqual([200, {}]);
    expect(presend.unasked).toEqual(['failed']);
    expect(log.events()).toContain('presend.failed');
  });

  test('a connection is kept for as long as Synapse keeps it', async () => {
    const { headers } = await post('/antispam/ping', { id: 'x' });
    expect(headers.get('connection')).toBe('keep-alive');
    expect(headers.get('keep-alive')).toBe('timeout=150');
  });
});

/** Sends bytes as they are and gives the answer's first line. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(front.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => {
      resolve(answer.split('\r\n')[0] ?? '');
    });
    socket.on('error', () => undefined);
    socket.write(bytes);
  });
}
