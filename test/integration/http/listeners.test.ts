import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseConnectorId } from '../../../src/core/ids.ts';
import type { HealthReport } from '../../../src/core/ports/health.ts';
import { JournalDown } from '../../../src/core/ports/recorder.ts';
import { startAdminListener } from '../../../src/http/admin-listener.ts';
import type { Listener } from '../../../src/http/listener.ts';
import { startWebhookListener } from '../../../src/http/webhook-listener.ts';
import type {
  FollowedLink,
  LinkedFile,
  Webhook,
  WebhookAnswer,
  WebhookRequest,
} from '../../../src/core/ports/webhook.ts';
import { createMetrics } from '../../../src/telemetry/create-metrics.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';

const at = { host: '127.0.0.1', port: 0 };
const carrier = must(parseConnectorId('carrier'));
const healthy: HealthReport = {
  ok: true,
  database: 'ok',
  homeserver: 'ok',
  connectors: { [carrier]: 'connected' },
  stale: [],
  closedGates: [],
  tasks: { ready: 0, dead: 0, oldestReadyMs: 0 },
  record: { size: 1, checkpoint: 1 },
  warnings: [],
};

/** Paths that leaked memory, secrets or control elsewhere, and ways around a router. */
const probes = [
  '/',
  '/webhooks',
  '/webhooks/',
  '/webhooks/unknown',
  '/webhooks/carrier/',
  '/webhooks/carrier/x',
  '/webhooks/CARRIER',
  '/Webhooks/carrier',
  '/webhooks/..%2fcarrier',
  '/webhooks/%63arrier%00',
  '/healthz/',
  '/HEALTHZ',
  '/readyz/x',
  '/metrics/',
  '/heapdump',
  '/management/heapdump',
  '/actuator/heapdump',
  '/debug/pprof',
  '/json/list',
  '/_matrix/app/v1/ping',
  '/antispam/x',
  '/antispam/ping',
  '/antispam/check_event_for_spam',
  '/.env',
  '/admin',
];

function urlOf(listener: Listener, path: string): string {
  return `http://${listener.address.host}:${listener.address.port}${path}`;
}

/** Sends bytes as they are and gives the answer's first line. */
function raw(listener: Listener, bytes: string, after: 'wait' | 'go away' = 'wait'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(listener.address.port, listener.address.host);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => {
      resolve(answer.split('\r\n')[0] ?? '');
    });
    socket.on('error', () => undefined);
    if (after === 'wait') socket.write(bytes);
    else socket.end(bytes);
  });
}

describe('the admin listener', () => {
  let report: HealthReport;
  let log: KeptLog;
  let listener: Listener;

  beforeEach(async () => {
    report = healthy;
    log = new KeptLog();
    listener = await startAdminListener({
      at,
      health: () => (report.database === 'down' ? Promise.reject(new Error('locked')) : Promise.resolve(report)),
      metrics: createMetrics(false),
      log,
    });
  });
  afterEach(async () => {
    await listener[Symbol.asyncDispose]();
  });

  test('says that it lives, whether it is ready, and its metrics', async () => {
    const [health, ready, metrics] = await Promise.all(
      ['/healthz', '/readyz', '/metrics'].map((path) => fetch(urlOf(listener, path))),
    );
    expect(await health?.json()).toEqual({ status: 'ok' });
    expect(await ready?.json()).toEqual({ database: 'ok', homeserver: 'ok', connectors: { carrier: 'connected' } });
    expect(metrics?.headers.get('content-type')).toContain('text/plain');
    expect(await metrics?.text()).toContain('gatehouse_gates_closed');
  });

  test('is not ready while something is down, and alive all the same', async () => {
    report = { ...healthy, ok: false, homeserver: 'down', warnings: ["The homeserver doesn't answer."] };
    const answer = await fetch(urlOf(listener, '/readyz'));
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ homeserver: 'down', why: ["The homeserver doesn't answer."] });
    expect((await fetch(urlOf(listener, '/healthz'))).status).toBe(200);
  });

  test('stays ready while something is odd that keeps no message waiting', async () => {
    report = { ...healthy, ok: false, stale: ['search'], warnings: ['A task was given up.'] };
    expect((await fetch(urlOf(listener, '/readyz'))).status).toBe(200);
  });

  test('a check that fails is an error without its words', async () => {
    report = { ...healthy, database: 'down' };
    const answer = await fetch(urlOf(listener, '/readyz'));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('locked');
    expect(log.events()).toContain('http.request-failed');
  });

  test('says nothing of what it is made of', async () => {
    const { headers } = await fetch(urlOf(listener, '/healthz'));
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(probes)('%s is not there', async (path) => {
    const { status } = await fetch(urlOf(listener, path));
    expect([400, 404]).toContain(status);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s changes nothing', async (method) => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      expect((await fetch(urlOf(listener, path), { method })).status).toBe(404);
    }
  });

  test('refuses an address that other machines can reach, and one that is taken, in words', async () => {
    const options = { health: () => Promise.resolve(healthy), metrics: createMetrics(false), log };
    await expect(startAdminListener({ ...options, at: { host: '0.0.0.0', port: 0 } })).rejects.toThrow(
      'listen.admin: 0.0.0.0 can be reached from other machines',
    );
    await expect(startAdminListener({ ...options, at: listener.address })).rejects.toThrow(
      'listen.admin: another program listens at',
    );
  });

  test('bounds what a peer may send', async () => {
    expect(await raw(listener, `GET /healthz HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`)).toContain(
      '431',
    );
    expect(await raw(listener, 'nonsense\r\n\r\n')).toContain('400');
  });
});

describe('the webhooks listener', () => {
  let seen: WebhookRequest[];
  let reply: () => Promise<WebhookAnswer>;
  let hook: Webhook | 'starting' | undefined;
  /** By word; undefined while the record can't be read. */
  let links: Map<string, FollowedLink> | undefined;
  const follow = (_connector: unknown, word: string): Promise<FollowedLink> =>
    links === undefined
      ? Promise.reject(new JournalDown('the disk is full'))
      : Promise.resolve(links.get(word) ?? { is: 'unknown' });
  let log: KeptLog;
  let metrics: KeptMetrics;
  let listener: Listener;

  beforeEach(async () => {
    seen = [];
    reply = () => Promise.resolve({ to: 'accepted' });
    log = new KeptLog();
    metrics = new KeptMetrics();
    links = new Map<string, FollowedLink>();
    hook = {
      methods: ['POST'],
      maxBytes: 1000,
      handle: (request) => {
        seen.push(request);
        return reply();
      },
    };
    listener = await startWebhookListener({ at, connectors: [carrier], webhookOf: () => hook, follow, log, metrics });
  });
  afterEach(async () => {
    await listener[Symbol.asyncDispose]();
  });

  const post = (body: Uint8Array | string, headers: Record<string, string> = {}) =>
    fetch(urlOf(listener, '/webhooks/carrier?a=1&b=%20'), { method: 'POST', body, headers });

  test('hands over the bytes as they came, with target and headers', async () => {
    const body = Uint8Array.from([0, 255, 10, 13, 123]);
    const { status } = await post(body, { 'X-Signature': 's', 'Content-Type': 'application/json' });
    expect(status).toBe(200);
    expect(seen[0]).toMatchObject({ method: 'POST', target: '/webhooks/carrier?a=1&b=%20' });
    expect(seen[0]?.headers['x-signature']).toBe('s');
    expect(Array.from(seen[0]?.body ?? [])).toEqual([0, 255, 10, 13, 123]);
    expect(metrics.counts.get('webhook_requests carrier 200')).toBe(1);
  });

  test.each([
    ['bad-signature', 401],
    ['replay', 403],
    ['not-understood', 400],
  ] as const)('%s is answered with %i', async (to, status) => {
    reply = () => Promise.resolve({ to });
    expect((await post('x')).status).toBe(status);
  });

  test('what the provider wants to read is sent back', async () => {
    reply = () => Promise.resolve({ to: 'accepted', body: { type: 'text/xml', content: '<Response/>' } });
    const answer = await post('x');
    expect(answer.headers.get('content-type')).toContain('text/xml');
    expect(await answer.text()).toBe('<Response/>');
  });

  test('while the journal is down the provider is told to come again', async () => {
    reply = () => Promise.reject(new JournalDown('disk full'));
    const answer = await post('x');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.text()).not.toContain('disk');
  });

  test('a connector that is not ready has the provider come again, and that is no error', async () => {
    reply = () => Promise.resolve({ to: 'not-yet' });
    const before = log.events().filter((name) => name === 'webhook.failed').length;
    const answer = await post('x');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(log.events().filter((name) => name === 'webhook.failed')).toHaveLength(before);
  });

  test('a handler that throws is an error that the provider repeats, and does not stop the next', async () => {
    reply = () => Promise.reject(new Error('secret words'));
    const answer = await post('x');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
    reply = () => Promise.resolve({ to: 'accepted' });
    expect((await post('x')).status).toBe(200);
    expect(log.events()).toContain('webhook.failed');
  });

  test('too large, compressed and broken off bodies never reach the handler', async () => {
    expect((await post('y'.repeat(1001))).status).toBe(413);
    expect((await post('x', { 'Content-Encoding': 'gzip' })).status).toBe(415);
    await raw(listener, 'POST /webhooks/carrier HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf', 'go away');
    expect(
      await raw(listener, 'POST /webhooks/carrier HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n'),
    ).toContain('413');
    expect(seen).toEqual([]);
  });

  test('HEAD is asked as GET is, where that is its method', async () => {
    const webhook: Webhook = { methods: ['GET'], maxBytes: 10, handle: () => reply() };
    await using other = await startWebhookListener({
      at,
      connectors: [carrier],
      webhookOf: () => webhook,
      follow,
      log,
      metrics,
    });
    reply = () => Promise.resolve({ to: 'accepted', body: { type: 'image/png', content: Uint8Array.from([1, 2, 3]) } });
    const answer = await fetch(urlOf(other, '/webhooks/carrier'), { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('content-length')).toBe('3');
    expect((await answer.arrayBuffer()).byteLength).toBe(0);
  });

  describe('files that are fetched by a link', () => {
    const get = (query: string, method = 'GET') => fetch(urlOf(listener, `/webhooks/carrier${query}`), { method });
    let opened: number;
    const file = (size: number, fails = false): LinkedFile => ({
      ...{ type: 'text/html', name: 'größe "1".html', size },
      open: async function* () {
        opened += 1;
        yield await Promise.resolve(Buffer.from('<p>'));
        if (fails) throw new Error('the disk is gone');
        yield Buffer.from('</p>');
      },
    });
    beforeEach(() => {
      opened = 0;
      links = new Map<string, FollowedLink>([
        ['good', { is: 'file', file: file(7) }],
        ['breaks', { is: 'file', file: file(7, true) }],
        ['old', { is: 'gone' }],
      ]);
    });

    test('go out piece by piece as something to keep, whatever their type', async () => {
      const head = await get('?file=good', 'HEAD');
      expect([head.status, head.headers.get('content-length'), opened]).toEqual([200, '7', 0]);
      const answer = await get('?file=good');
      expect(answer.headers.get('content-type')).toBe('text/html');
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''gr%C3%B6%C3%9Fe/u);
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(answer.headers.get('cache-control')).toBe('private, no-store');
      await expect(answer.text()).resolves.toBe('<p></p>');
      expect(seen).toEqual([]);
    });

    test('that break off on our side are fewer bytes than were announced', async () => {
      await expect(get('?file=breaks').then((broken) => broken.text())).rejects.toThrow();
      expect(log.events()).toContain('webhook.file-failed');
    });

    test('are refused by any other word, and what is over is gone: both are counted', async () => {
      expect((await get('?file=guess')).status).toBe(401);
      expect((await get('?file=')).status).toBe(401);
      expect((await get('?file=old')).status).toBe(410);
      expect(metrics.counts.get('webhook_requests carrier 401')).toBe(2);
      expect(metrics.counts.get('webhook_requests carrier 410')).toBe(1);
    });

    test('that can not be looked up now are to be fetched again', async () => {
      links = undefined;
      const answer = await get('?file=good');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    });

    test('are given before the connector is there, and not where nobody calls one', async () => {
      hook = 'starting';
      expect((await get('?file=good')).status).toBe(200);
      expect((await get('')).status).toBe(503);
      hook = undefined;
      expect((await get('?file=good')).status).toBe(404);
    });
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s is not its method', async (method) => {
    const answer = await fetch(urlOf(listener, '/webhooks/carrier'), { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(seen).toEqual([]);
  });

  test.each([...probes, '/healthz', '/readyz', '/metrics'])('%s is not there', async (path) => {
    for (const method of ['GET', 'POST']) {
      const { status } = await fetch(urlOf(listener, path), { method });
      expect([400, 404]).toContain(status);
    }
    expect(seen).toEqual([]);
  });

  test('beyond thirty-two bodies of a connector at a time the provider is told to come again', async () => {
    const { promise: recorded, resolve: record } = Promise.withResolvers<WebhookAnswer>();
    let entered = 0;
    reply = () => {
      entered += 1;
      return recorded;
    };
    const post = () => fetch(urlOf(listener, '/webhooks/carrier'), { method: 'POST', body: 'x' });
    const held = Array.from({ length: 32 }, post);
    while (entered < 32) await new Promise(setImmediate);
    const refused = await post();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    record({ to: 'accepted' });
    expect(new Set((await Promise.all(held)).map((answer) => answer.status))).toEqual(new Set([200]));
    expect((await post()).status).toBe(200);
  });
});
