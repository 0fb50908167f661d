import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseClassId } from '../../../src/core/ids.ts';
import { startFront, type Front, type FrontOptions } from '../../../src/matrix/front.ts';
import { startLibrary, type Library } from '../../../src/matrix/library.ts';
import { bridgeRegistration } from '../../../src/matrix/registrations.ts';
import { journalDown, MemoryRecorder } from './memory-recorder.ts';
import { keptLog, noMetrics } from './quiet.ts';

const TOKEN = 'what-the-homeserver-shows';
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

interface Started {
  readonly front: Front;
  readonly url: string;
  readonly recorder: MemoryRecorder;
  readonly log: ReturnType<typeof keptLog>;
  readonly put: (body: string, headers?: Record<string, string>) => Promise<Response>;
}

async function started(more: Partial<FrontOptions> = {}): Promise<Started> {
  const recorder = new MemoryRecorder();
  const log = keptLog();
  const front = await startFront({
    service: 'bridge',
    listen: { host: '127.0.0.1', port: 0 },
    token: TOKEN,
    recorder,
    class: must(parseClassId('us-finra-6y')),
    clock: systemClock,
    log,
    metrics: noMetrics,
    ...more,
  });
  open.push({ [Symbol.asyncDispose]: () => front.stop() });
  const url = `http://127.0.0.1:${String(front.port)}`;
  const put: Started['put'] = (body, headers = { authorization: `Bearer ${TOKEN}` }) =>
    fetch(`${url}/_matrix/app/v1/transactions/1`, { method: 'PUT', body, headers });
  return { front, url, recorder, log, put };
}

async function library(): Promise<Library> {
  const registration = bridgeRegistration({
    domain: 'acme.example',
    url: 'http://127.0.0.1',
    tokens: { as: 'ours', hs: TOKEN },
    protocols: ['sms'],
  });
  const made = await startLibrary({ domain: 'acme.example', url: 'http://127.0.0.1:1', registration, log: keptLog() });
  open.push(made);
  return made;
}

function event(id: string, more: object = {}): object {
  return {
    type: 'm.room.message',
    event_id: id,
    room_id: '!room:acme.example',
    sender: '@alice:acme.example',
    origin_server_ts: 1_700_000_000_000,
    content: { msgtype: 'm.text', body: 'Hi' },
    ...more,
  };
}

function transaction(...events: unknown[]): string {
  return JSON.stringify({ events });
}

const routes: [string, string][] = [
  ['PUT', '/_matrix/app/v1/transactions/1'],
  ['POST', '/_matrix/app/v1/ping'],
  ['GET', '/_matrix/app/v1/users/@_gh_sms_1:acme.example'],
  ['GET', '/_matrix/app/v1/rooms/%23a:acme.example'],
  ['GET', '/_matrix/app/v1/thirdparty/protocol/sms'],
  ['GET', '/_matrix/app/v1/thirdparty/user/sms?address=1'],
  ['GET', '/_matrix/app/v1/thirdparty/user?userid=@a:b'],
  ['GET', '/_matrix/app/v1/thirdparty/location/sms'],
  ['GET', '/_matrix/app/unstable/thirdparty/protocol/sms'],
  ['PUT', '/transactions/1'],
  ['GET', '/users/@a:b'],
  ['GET', '/rooms/x'],
  ['GET', '/health'],
  ['GET', '/healthz'],
  ['GET', '/metrics'],
  ['GET', '/'],
  ['POST', '/_matrix/app/unstable/org.matrix.msc3983/keys/claim'],
  ['DELETE', '/_matrix/app/v1/transactions/1'],
  ['GET', '/_matrix/client/versions'],
  ['POST', '/antispam/ping'],
  ['POST', '/antispam/check_event_for_spam'],
];

describe.each(['bridge', 'archive'] as const)('the %s listener', (service) => {
  test.each(routes)('refuses %s %s without credentials, and with them in the address', async (method, path) => {
    const { url, recorder } = await started({ service, ...(service === 'bridge' && { afterwards: await library() }) });
    for (const target of [path, `${path}${path.includes('?') ? '&' : '?'}access_token=${TOKEN}`]) {
      const response = await fetch(url + target, { method });
      expect([401, 403, 404]).toContain(response.status);
      expect(response.headers.get('x-powered-by')).toBeNull();
    }
    expect(recorder.appends).toEqual([]);
  });

  test('says which of token and right is missing', async () => {
    const { put } = await started({ service });
    const nobody = await put(transaction(), {});
    expect([nobody.status, await nobody.json()]).toMatchObject([401, { errcode: 'M_MISSING_TOKEN' }]);
    const stranger = await put(transaction(), { authorization: 'Bearer something-else' });
    expect([stranger.status, await stranger.json()]).toMatchObject([403, { errcode: 'M_FORBIDDEN' }]);
  });

  test('answers a ping, and knows of no user or room before it exists', async () => {
    const { url } = await started({ service });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const body = JSON.stringify({ transaction_id: 'a' });
    const pinged = await fetch(`${url}/_matrix/app/v1/ping`, { method: 'POST', headers, body });
    expect([pinged.status, await pinged.json()]).toEqual([200, {}]);
    for (const asked of ['users/@_gh_sms_1:acme.example', 'rooms/%23nothing:acme.example']) {
      const unknown = await fetch(`${url}/_matrix/app/v1/${asked}`, { headers });
      expect([unknown.status, await unknown.json()]).toMatchObject([404, { errcode: 'M_NOT_FOUND' }]);
    }
  });
});

describe('a transaction', () => {
  test('is answered with 200 only after its commit, in one append', async () => {
    const { put, recorder } = await started();
    const commit = recorder.hold();
    const answer = put(transaction(event('$one'), event('$two')));
    const first = await Promise.race([answer.then(() => 'answered'), settled(recorder)]);
    expect(first).toBe('still held');
    commit();
    const response = await answer;
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(recorder.appends.map((drafts) => drafts.map((draft) => draft.source.id))).toEqual([['$one', '$two']]);
  });

  test('is answered with 503 and Retry-After while the journal is down, and taken when it is back', async () => {
    const { put, recorder, log } = await started();
    recorder.failure = journalDown();
    const refused = await put(transaction(event('$one')));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(log.lines.map((line) => line.event)).toContain('matrix.journal-down');
    recorder.failure = undefined;
    expect((await put(transaction(event('$one')))).status).toBe(200);
    expect(recorder.drafts).toHaveLength(1);
  });

  test('that is brought again goes to the journal again, whatever its id: only event ids count', async () => {
    const { url, put, recorder } = await started();
    await put(transaction(event('$one')));
    await put(transaction(event('$one')));
    const headers = { authorization: `Bearer ${TOKEN}` };
    const body = transaction(event('$two'));
    await fetch(`${url}/_matrix/app/v1/transactions/1`, { method: 'PUT', headers, body });
    expect(recorder.drafts.map((draft) => draft.source.id)).toEqual(['$one', '$one', '$two']);
  });

  test('with bad events among good ones: all are recorded, the answer is 200', async () => {
    const { put, recorder } = await started();
    const response = await put(transaction(event('$one'), null, event('$two', { content: 'none' }), event('$three')));
    expect(response.status).toBe(200);
    expect(recorder.drafts.map((draft) => draft.kind)).toEqual([
      'matrix.event',
      'matrix.malformed',
      'matrix.malformed',
      'matrix.event',
    ]);
  });

  test('with an event that the journal can’t take: that one is recorded as malformed, the others as they are', async () => {
    const { put, recorder, log } = await started();
    recorder.refuses = (draft) => draft.kind === 'matrix.event' && draft.source.id === '$two';
    expect((await put(transaction(event('$one'), event('$two'), event('$three')))).status).toBe(200);
    expect(recorder.drafts.map((draft) => [draft.kind, draft.source.id])).toEqual([
      ['matrix.event', '$one'],
      ['matrix.malformed', '$two'],
      ['matrix.event', '$three'],
    ]);
    expect(log.lines.map((line) => line.event)).toContain('matrix.append-refused');
  });

  test.each([['{"events":['], ['not json'], ['[]'], ['']])('of %p is answered with 400 M_NOT_JSON', async (body) => {
    const { put, recorder } = await started();
    const response = await put(body);
    expect([response.status, await response.json()]).toMatchObject([400, { errcode: 'M_NOT_JSON' }]);
    expect(recorder.appends).toEqual([]);
  });

  test('of 6.5 MB in 100 events is taken', async () => {
    const { put, recorder } = await started();
    const events = Array.from({ length: 100 }, (_, i) =>
      event(`$${String(i)}`, { content: { body: 'x'.repeat(65_000) } }),
    );
    expect((await put(transaction(...events))).status).toBe(200);
    expect(recorder.drafts).toHaveLength(100);
  });

  test('over 64 MB is answered with 413 M_TOO_LARGE, before it was read', async () => {
    const { front, recorder } = await started();
    const answer = await raw(front.port, [
      'PUT /_matrix/app/v1/transactions/1 HTTP/1.1',
      'Host: gatehouse',
      `Authorization: Bearer ${TOKEN}`,
      `Content-Length: ${String(64 * 1024 * 1024 + 1)}`,
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /u);
    expect(answer).toContain('M_TOO_LARGE');
    expect(recorder.appends).toEqual([]);
  });

  test('over 64 MB that does not say so is answered with 413 too', async () => {
    const { url, recorder } = await started();
    const megabyte = new Uint8Array(1024 * 1024).fill(0x20);
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let i = 0; i < 65; i += 1) controller.enqueue(megabyte);
        controller.close();
      },
    });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const init = { method: 'PUT', headers, body: stream, duplex: 'half' } as const;
    const response = await fetch(`${url}/_matrix/app/v1/transactions/1`, init);
    expect([response.status, await response.json()]).toMatchObject([413, { errcode: 'M_TOO_LARGE' }]);
    expect(recorder.appends).toEqual([]);
  });

  test('that breaks off is no transaction: nothing is recorded, and the next one is taken', async () => {
    const { front, put, recorder } = await started();
    const socket = connect(front.port, '127.0.0.1');
    await once(socket, 'connect');
    const head = ['PUT /_matrix/app/v1/transactions/1 HTTP/1.1', 'Host: gatehouse', `Authorization: Bearer ${TOKEN}`];
    socket.write(`${[...head, 'Content-Length: 1000'].join('\r\n')}\r\n\r\n{"events":[`);
    socket.destroy();
    await once(socket, 'close');
    expect((await put(transaction(event('$one')))).status).toBe(200);
    expect(recorder.drafts.map((draft) => draft.source.id)).toEqual(['$one']);
  });

  test('that is compressed is refused, not unpacked', async () => {
    const { put } = await started();
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-encoding': 'gzip' };
    expect((await put(transaction(), headers)).status).toBe(415);
  });

  test('of receipts and typing alone touches no journal, and the library sees it', async () => {
    const seen: unknown[] = [];
    const { put, recorder } = await started({ afterwards: { see: (_, ephemeral) => seen.push(...ephemeral) } });
    recorder.failure = journalDown();
    expect((await put(JSON.stringify({ events: [], ephemeral: [{ type: 'm.typing' }] }))).status).toBe(200);
    expect(seen).toEqual([{ type: 'm.typing' }]);
  });
});

describe('the library', () => {
  test('sees what was recorded, after the answer, and its failures change nothing', async () => {
    const seen: unknown[] = [];
    const real = await library();
    const { put, recorder } = await started({
      afterwards: {
        see: (events, ephemeral) => {
          seen.push(...events);
          real.see([...events, { type: 7 }, { content: null }], ephemeral);
        },
      },
    });
    recorder.failure = journalDown();
    await put(transaction(event('$one')));
    expect(seen).toEqual([]);
    recorder.failure = undefined;
    expect(await put(transaction(event('$one'), 'not an event'))).toMatchObject({ status: 200 });
    expect(seen).toEqual([event('$one'), 'not an event']);
  });

  test('answers third-party lookups behind our authentication', async () => {
    const { url } = await started({ afterwards: await library() });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const found = await fetch(`${url}/_matrix/app/v1/thirdparty/user/sms?address=%2B12025550199`, { headers });
    expect(await found.json()).toEqual([
      {
        userid: '@_gh_sms_12025550199:acme.example',
        protocol: 'sms',
        fields: { address: '+12025550199', 'm.id.phone': '+12025550199' },
      },
    ]);
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`${url}/_matrix/app/v1/thirdparty/${path}`, { headers })).json();
    expect(await ask('user/sms?m.id.phone=%2B12025550199')).toMatchObject([{ protocol: 'sms' }]);
    expect(await ask('user?userid=%40_gh_sms_12025550199%3Aacme.example')).toMatchObject([
      { userid: '@_gh_sms_12025550199:acme.example', protocol: 'sms', fields: { address: '+12025550199' } },
    ]);
    expect(await ask('user?userid=%40alice%3Aacme.example')).toEqual([]);
    expect(await ask('location/sms?address=x')).toEqual([]);
    expect(await ask('location?alias=%23x%3Aacme.example')).toEqual([]);
    expect(await ask('protocol/sms')).toMatchObject({ user_fields: ['m.id.phone', 'address'] });
    expect((await fetch(`${url}/_matrix/app/v1/thirdparty/protocol/fax`, { headers })).status).toBe(404);
    const none = await fetch(`${url}/_matrix/app/v1/thirdparty/user/sms`, { headers });
    expect([none.status, await none.json()]).toEqual([200, []]);
  });
});

test('a front that stops lets the transaction under way finish, and closes its port', async () => {
  const { front, url, put, recorder } = await started();
  const commit = recorder.hold();
  const answer = put(transaction(event('$one')));
  await settled(recorder);
  const stopping = front.stop();
  commit();
  expect((await answer).status).toBe(200);
  await stopping;
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('a front whose port is taken says which, and for what', async () => {
  const { front } = await started();
  await expect(started({ listen: { host: '127.0.0.1', port: front.port } })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${String(front.port)} for the bridge appservice`,
  );
});

/** Resolves when an append waits for its commit. */
async function settled(recorder: MemoryRecorder): Promise<'still held'> {
  await recorder.entered();
  return 'still held';
}

/** What comes back on a plain connection that has sent only these header lines. */
async function raw(port: number, head: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (bytes) => (answer += bytes.toString('utf8')));
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await once(socket, 'end');
  socket.destroy();
  return answer;
}

test('bodies beyond four at a time are sent away to come again, and none of the four is disturbed', async () => {
  const { put, recorder } = await started();
  const commit = recorder.hold();
  const bodies = [1, 2, 3, 4].map((n) => put(transaction(event(`$held${n}`))));
  await recorder.entries(4);
  const refused = await put(transaction(event('$fifth')));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  commit();
  expect((await Promise.all(bodies)).map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  expect((await put(transaction(event('$sixth')))).status).toBe(200);
});
