import { afterEach, describe, expect, test } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../../../src/core/clock.ts';
import {
  must,
  parseMillis,
  parseClassId,
  parseEventId,
  parsePosition,
  parseRoomId,
  parseUserId,
} from '../../../src/core/ids.ts';
import type { Homeserver } from '../../../src/core/ports/homeserver.ts';
import { createMatrix, type MatrixOptions } from '../../../src/matrix/matrix.ts';
import { httpPeer } from '../../support/http-peer.ts';
import { MemoryRecorder } from './memory-recorder.ts';
import { keptLog, noMetrics } from './quiet.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const ghost = must(parseUserId('@_gh_sms_12025550199:acme.example'));
const room = must(parseRoomId('!room:acme.example'));
const message = {
  as: ghost,
  room,
  type: 'm.room.message',
  content: { msgtype: 'm.text', body: 'Hi' },
  source: must(parsePosition(7)),
  part: 'text',
};
const cleanup: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** A homeserver that answers as told. */
async function against(answer: Answer, more: Partial<MatrixOptions> = {}): Promise<Homeserver> {
  const peer = await httpPeer(answer);
  cleanup.push(async () => {
    await peer[Symbol.asyncDispose]();
  });
  return await homeserverAt(peer.url, more);
}

async function homeserverAt(url: string, more: Partial<MatrixOptions> = {}): Promise<Homeserver> {
  const service = { tokens: { as: 'ours', hs: 'theirs' }, listen: { host: '127.0.0.1', port: 0 } };
  const matrix = await createMatrix({
    domain: 'acme.example',
    url,
    bridge: service,
    archive: service,
    protocols: [],
    recorder: new MemoryRecorder(),
    class: must(parseClassId('us-finra-6y')),
    clock: systemClock,
    log: keptLog(),
    metrics: noMetrics,
    ...more,
  });
  cleanup.push(async () => {
    await matrix[Symbol.asyncDispose]();
  });
  return matrix.homeserver;
}

function json(status: number, body: object): Answer {
  return (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function page(status: number): Answer {
  return (_, response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
}

describe('a send that fails says what is known of it', () => {
  test.each<[string, Answer, object]>([
    ['a broken connection', (request) => request.socket.destroy(), { kind: 'unclear' }],
    ['a proxy’s 502', page(502), { kind: 'unclear' }],
    ['a proxy’s 504', page(504), { kind: 'unclear' }],
    ['an error inside the homeserver', json(500, { errcode: 'M_UNKNOWN', error: 'x' }), { kind: 'unclear' }],
    ['a 200 that is no answer', page(200), { kind: 'unclear' }],
    ['503', page(503), { kind: 'down' }],
    ['forbidden', json(403, { errcode: 'M_FORBIDDEN', error: 'x' }), { kind: 'forbidden', errcode: 'M_FORBIDDEN' }],
    [
      'a wrong token',
      json(401, { errcode: 'M_UNKNOWN_TOKEN', error: 'x' }),
      { kind: 'down', detail: 'M_UNKNOWN_TOKEN' },
    ],
    [
      'an account that is locked',
      json(401, { errcode: 'M_USER_LOCKED', error: 'x' }),
      { kind: 'forbidden', errcode: 'M_USER_LOCKED' },
    ],
    ['not found', json(404, { errcode: 'M_NOT_FOUND', error: 'x' }), { kind: 'not-found', errcode: 'M_NOT_FOUND' }],
    ['too large', json(413, { errcode: 'M_TOO_LARGE', error: 'x' }), { kind: 'too-large' }],
    ['a proxy’s 413', page(413), { kind: 'too-large' }],
    [
      'a bad request',
      json(400, { errcode: 'M_BAD_JSON', error: 'x' }),
      { kind: 'refused', status: 400, errcode: 'M_BAD_JSON' },
    ],
    ['a page of someone else', page(404), { kind: 'refused', status: 404 }],
  ])('%s', async (_, answer, error) => {
    const homeserver = await against(answer);
    expect(await homeserver.send(message)).toMatchObject({ ok: false, error });
  });

  test('nobody listens: certainly not sent', async () => {
    const homeserver = await homeserverAt('http://127.0.0.1:1');
    expect(await homeserver.send(message)).toEqual({ ok: false, error: { kind: 'down', detail: 'ECONNREFUSED' } });
  });

  test('a read whose answer is lost is down, never unclear', async () => {
    const homeserver = await against((request) => request.socket.destroy());
    const at = { as: ghost, room, type: 'm.room.name', stateKey: '' };
    expect(await homeserver.state(at)).toMatchObject({ ok: false, error: { kind: 'down' } });
    expect(await homeserver.setState({ ...at, content: {} })).toMatchObject({ ok: false, error: { kind: 'down' } });
  });

  test('being told to slow down is obeyed a few times, then said', async () => {
    let calls = 0;
    const slow = json(429, { errcode: 'M_LIMIT_EXCEEDED', error: 'x', retry_after_ms: 60 });
    const homeserver = await against((request, response) => {
      calls += 1;
      slow(request, response);
    });
    expect(await homeserver.send(message)).toEqual({ ok: false, error: { kind: 'rate-limited', afterMs: 60 } });
    expect(calls).toBe(4);
  });

  test('being told to slow down once delays the send, with the same transaction id', async () => {
    const paths: (string | undefined)[] = [];
    const homeserver = await against((request, response) => {
      paths.push(request.url);
      const answer =
        paths.length === 1
          ? json(429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 50 })
          : json(200, { event_id: '$one' });
      answer(request, response);
    });
    expect(await homeserver.send(message)).toEqual({ ok: true, value: '$one' });
    expect(paths).toHaveLength(2);
    expect(paths[0]).toBe(paths[1]);
    expect(paths[0]).toMatch(
      /\/send\/m\.room\.message\/[a-z2-7]{52}\?user_id=%40_gh_sms_12025550199%3Aacme\.example$/u,
    );
  });
});

function anEvent(part: string, at: number): object {
  return { event_id: '$x', origin_server_ts: at, content: { 'org.gatehouse.source': { position: 7, part } } };
}

describe('looking for an echo', () => {
  test('asks the journal first, and the homeserver not at all when it knows', async () => {
    const recorded = must(parseEventId('$recorded'));
    const homeserver = await homeserverAt('http://127.0.0.1:1', { echoInJournal: () => Promise.resolve(recorded) });
    expect(await homeserver.findEcho(message)).toEqual({ ok: true, value: recorded });
  });

  test('ends after five pages, however long the room is', async () => {
    let pages = 0;
    const homeserver = await against((request, response) => {
      pages += 1;
      json(200, {
        chunk: [anEvent('other', 5_000_000)],
        end: `t${String(pages)}`,
      })(request, response);
    });
    expect(await homeserver.findEcho(message)).toEqual({ ok: true, value: undefined });
    expect(pages).toBe(5);
  });

  test('ends where it can no longer be, a minute early for a homeserver whose clock wavers', async () => {
    let pages = 0;
    const homeserver = await against((request, response) => {
      pages += 1;
      json(200, { chunk: [anEvent('other', 5_000_000 - pages * 50_000)], end: `t${String(pages)}` })(request, response);
    });
    const since = must(parseMillis(5_000_000));
    expect(await homeserver.findEcho({ ...message, since })).toEqual({ ok: true, value: undefined });
    expect(pages).toBe(2);
  });

  test('can fail: then it is not known to be absent', async () => {
    const homeserver = await homeserverAt('http://127.0.0.1:1');
    expect(await homeserver.findEcho(message)).toMatchObject({ ok: false, error: { kind: 'down' } });
  });
});

test('a ghost is registered and named once in the life of the process', async () => {
  const asked: string[] = [];
  const homeserver = await against((request, response) => {
    asked.push(`${String(request.method)} ${String(request.url).replace(/\?.*$/u, '')}`);
    json(200, request.method === 'GET' ? { displayname: 'other' } : {})(request, response);
  });
  const named = { user: ghost, name: 'Ann Lee (SMS)' };
  for (let i = 0; i < 3; i += 1) expect(await homeserver.ensureGhost(named)).toMatchObject({ ok: true });
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual(['POST /_matrix/client/v3/register']);
  expect(asked.filter((line) => line.startsWith('PUT'))).toHaveLength(1);
});

test('users of ours are the ghosts and the bots of our own domain', async () => {
  const homeserver = await homeserverAt('http://127.0.0.1:1');
  const ours = [ghost, homeserver.gatehouse, homeserver.compliance, must(parseUserId('@archivist:acme.example'))];
  expect(ours.map((user) => homeserver.isOurs(user))).toEqual([true, true, true, true]);
  const others = ['@alice:acme.example', '@_gh_sms_1:evil.example', '@gatehouse:evil.example'].map((id) =>
    must(parseUserId(id)),
  );
  expect(others.map((user) => homeserver.isOurs(user))).toEqual([false, false, false]);
});
