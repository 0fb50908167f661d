import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FetchFailed, type FetchAnswer } from '../../../../src/core/ports/safe-fetch.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { portIn, Serving } from './serving.ts';

let serving: Serving;
beforeEach(() => {
  serving = new Serving();
});
afterEach(() => serving[Symbol.asyncDispose]());

async function failure(asked: Promise<FetchAnswer | Uint8Array>): Promise<Pick<FetchFailed, 'kind' | 'detail'>> {
  const error: unknown = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FetchFailed)) throw new Error('it did not fail as it should', { cause: error });
  return { kind: error.kind, detail: error.detail };
}

const tlsFile = (name: string): string => readFileSync(`test/support/tls/${name}`, 'utf8');

describe('a link from outside that leads into the house', () => {
  test('is not asked, whatever its name', async () => {
    let met = 0;
    const host = await serving.raw(() => (met += 1));
    const port = portIn(host);
    const { fetch } = serving.fetching();

    for (const name of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '127.1', '[::ffff:127.0.0.1]']) {
      expect(await failure(fetch(`http://${name}:${port}/`))).toMatchObject({ kind: 'refused' });
    }
    expect(met).toBe(0);
  });

  test('is not asked when one of its addresses is private', async () => {
    const { fetch } = serving.fetching({ resolve: () => Promise.resolve(['93.184.216.34', '10.0.0.1']) });

    expect(await failure(fetch('https://upload.example/a?token=x'))).toEqual({
      kind: 'refused',
      detail: 'upload.example:443: not a public address',
    });
  });

  test('is not asked when its name says something else the second time', async () => {
    let met = 0;
    const port = portIn(await serving.raw(() => (met += 1)));
    const answers = [['192.0.2.1'], ['127.0.0.1']];
    let asked = 0;
    const resolve = (): Promise<string[]> => Promise.resolve(answers[asked++] ?? ['127.0.0.1']);
    const { fetch } = serving.fetching({ resolve });

    expect(await failure(fetch(`http://rebind.example:${port}/`))).toMatchObject({ kind: 'refused' });
    expect(await failure(fetch(`http://rebind.example:${port}/`))).toMatchObject({ kind: 'refused' });
    expect([asked, met]).toEqual([2, 0]);
  });

  test('is not asked after a redirect', async () => {
    let met = 0;
    const inside = await serving.raw(() => (met += 1));
    const outside = await serving.http((_, response) => {
      response.writeHead(302, { location: `http://${inside}/secret` }).end();
    });
    const { fetch } = serving.fetching({ fetchFrom: [outside] });

    expect(await failure(fetch(`http://${outside}/`))).toEqual({
      kind: 'refused',
      detail: `${inside}: not a public address`,
    });
    expect(met).toBe(0);
  });

  test('is asked where the admin named the place', async () => {
    const host = await serving.http((_, response) => response.end('a picture'));
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    const answer = await fetch(`http://${host}/a.jpg`);
    expect([answer.status, Buffer.from(await answer.bytes()).toString()]).toEqual([200, 'a picture']);
  });
});

describe('the address that was checked', () => {
  test('is looked up once and is the one that is connected to, under the name', async () => {
    const seen: (string | undefined)[] = [];
    const host = await serving.http((request, response) => {
      seen.push(request.headers.host);
      response.end();
    });
    let lookups = 0;
    const place = `files.inside.example:${portIn(host)}`;
    const { fetch } = serving.fetching({
      fetchFrom: [place],
      resolve: () => {
        lookups += 1;
        return Promise.resolve(lookups === 1 ? ['127.0.0.1'] : ['192.0.2.1']);
      },
    });

    await (await fetch(`http://${place}/`)).bytes();
    expect([lookups, seen]).toEqual([1, [place]]);
  });

  test('shows a certificate of the name', async () => {
    const sockets = new Set<Socket>();
    const server = createServer({ key: tlsFile('carrier.key'), cert: tlsFile('carrier.pem') }, (socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => socket.end(`HTTP/1.1 200 OK\r\n\r\n${String(socket.servername)}`));
    });
    server.on('connection', (socket: Socket) => sockets.add(socket));
    const port = portIn(await serving.server(server, sockets));
    const at = { resolve: () => Promise.resolve(['127.0.0.1']), ca: tlsFile('authority.pem') };
    const { fetch } = serving.fetching({ ...at, fetchFrom: [`smsc.example:${port}`, `other.example:${port}`] });

    const answer = await fetch(`https://smsc.example:${port}/`);
    expect(Buffer.from(await answer.bytes()).toString()).toBe('smsc.example');
    expect(await failure(fetch(`https://other.example:${port}/`))).toEqual({
      kind: 'unsent',
      detail: `other.example:${port}: no connection (ERR_TLS_CERT_ALTNAME_INVALID)`,
    });
  });
});

describe('a redirect', () => {
  test('keeps our headers within the origin and loses them for good elsewhere', async () => {
    const seen: (string | undefined)[] = [];
    let second = '';
    const first = await serving.http((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/back') response.end('there');
      else response.writeHead(307, { location: request.url === '/a' ? '/b' : `http://${second}/c` }).end();
    });
    second = await serving.http((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: `http://${first}/back` }).end();
    });
    const { fetch } = serving.fetching({ fetchFrom: [first, second] });

    const answer = await fetch(`http://${first}/a`, { headers: { Authorization: 'Basic secret' } });
    expect(Buffer.from(await answer.bytes()).toString()).toBe('there');
    expect(seen).toEqual(['Basic secret', 'Basic secret', undefined, undefined]);
  });

  test('is followed five times', async () => {
    let asked = 0;
    const host = await serving.http((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect(await failure(fetch(`http://${host}/`))).toEqual({
      kind: 'refused',
      detail: `${host}: more than 5 redirects`,
    });
    expect(asked).toBe(6);
  });

  test.each(['file:///etc/passwd', 'http://name:word@example.org/', 'http://', 'http://example.org:25/'])(
    'to %s is refused',
    async (location) => {
      const host = await serving.http((_, response) => {
        response.writeHead(302, { location }).end();
      });
      const { fetch } = serving.fetching({ fetchFrom: [host] });

      expect(await failure(fetch(`http://${host}/`))).toMatchObject({ kind: 'refused' });
    },
  );

  test('of an upload is its answer', async () => {
    const host = await serving.http((_, response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect((await fetch(`http://${host}/`, { method: 'PUT', body: 'bytes' })).status).toBe(307);
  });
});

describe('an answer', () => {
  test('that never begins is given up in time', async () => {
    const arrived = Promise.withResolvers<undefined>();
    const host = await serving.http(() => {
      arrived.resolve(undefined);
    });
    const clock = new ManualClock();
    const { fetch } = serving.fetching({ clock, fetchFrom: [host] });

    const asked = failure(fetch(`http://${host}/?token=x`, { timeoutMs: 5_000 }));
    await arrived.promise;
    clock.advance(5_000);
    expect(await asked).toEqual({ kind: 'unclear', detail: `${host}: no whole answer within 5 s` });
    expect(clock.timers).toBe(0);
  });

  test('that drips is given up in time', async () => {
    const host = await serving.http((_, response) => {
      response.writeHead(200);
      response.write('a');
    });
    const clock = new ManualClock();
    const { fetch } = serving.fetching({ clock, fetchFrom: [host] });

    const answer = await fetch(`http://${host}/`, { timeoutMs: 5_000 });
    const pieces = answer.pieces()[Symbol.asyncIterator]();
    expect((await pieces.next()).done).toBe(false);
    clock.advance(5_000);
    await expect(pieces.next()).rejects.toMatchObject({ kind: 'unclear' });
    expect(clock.timers).toBe(0);
  });

  test('without an end is stopped at its limit, and its connection with it', async () => {
    const closed = Promise.withResolvers<undefined>();
    let written = 0;
    const host = await serving.http((request, response) => {
      request.socket.once('close', () => {
        closed.resolve(undefined);
      });
      const more = (): void => {
        written += 65_536;
        if (!response.destroyed && response.write(Buffer.alloc(65_536))) setImmediate(more);
      };
      response.on('drain', more);
      more();
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    const answer = await fetch(`http://${host}/`, { maxBytes: 100_000 });
    expect(await failure(answer.bytes())).toEqual({ kind: 'too-large', detail: `${host}: more than 100000 bytes` });
    await closed.promise;
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  test('whose length is too much is not read', async () => {
    const host = await serving.raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n');
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect(await failure((await fetch(`http://${host}/`)).bytes())).toMatchObject({ kind: 'too-large' });
  });

  test('that is a packed bomb counts by what it unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const asked: (string | string[] | undefined)[] = [];
    const host = await serving.http((request, response) => {
      asked.push(request.headers['accept-encoding']);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect(bomb.length).toBeLessThan(100_000);
    let size = 0;
    const read = async (): Promise<void> => {
      const answer = await fetch(`http://${host}/`, { maxBytes: 1_000_000 });
      for await (const piece of answer.pieces()) size += piece.length;
    };
    await expect(read()).rejects.toMatchObject({ kind: 'too-large' });
    expect(size).toBeLessThanOrEqual(1_000_000);
    expect(asked).toEqual(['identity']);
  });

  test('that comes packed is given unpacked, or fails where it can not be', async () => {
    const host = await serving.http((request, response) => {
      const way = request.url === '/a' ? 'gzip' : request.url === '/b' ? 'zstd-of-mine' : 'br';
      response.writeHead(200, { 'content-encoding': way }).end(gzipSync('words'));
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect(Buffer.from(await (await fetch(`http://${host}/a`)).bytes()).toString()).toBe('words');
    expect(await failure((await fetch(`http://${host}/b`)).bytes())).toMatchObject({ kind: 'unclear' });
    expect(await failure((await fetch(`http://${host}/c`)).bytes())).toMatchObject({ kind: 'unclear' });
  });

  test('that breaks off fails', async () => {
    const host = await serving.raw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfour'));
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect(await failure((await fetch(`http://${host}/`)).bytes())).toMatchObject({ kind: 'unclear' });
  });

  test('that is no HTTP fails', async () => {
    const host = await serving.raw((socket) => {
      socket.end('220 mail.example ESMTP\r\n');
    });
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect(await failure(fetch(`http://${host}/`))).toMatchObject({ kind: 'unclear' });
  });
});

describe('a place that is not there', () => {
  test('was certainly not asked', async () => {
    const gone = new Serving();
    const host = await gone.raw(() => undefined);
    await gone[Symbol.asyncDispose]();
    const { fetch } = serving.fetching({ fetchFrom: [host] });

    expect(await failure(fetch(`http://${host}/path?token=x`))).toEqual({
      kind: 'unsent',
      detail: `${host}: no connection (ECONNREFUSED)`,
    });
  });

  test('by its name was certainly not asked', async () => {
    const { fetch } = serving.fetching({ resolve: () => Promise.reject(new Error('SERVFAIL')) });

    expect(await failure(fetch('https://nowhere.example/'))).toMatchObject({ kind: 'unsent' });
  });

  test('whose name nobody tells is given up in time', async () => {
    const clock = new ManualClock();
    const { fetch } = serving.fetching({ clock, resolve: () => new Promise(() => undefined) });

    const asked = failure(fetch('https://slow.example/'));
    clock.advance(30_000);
    expect(await asked).toEqual({ kind: 'unsent', detail: 'slow.example:443: no whole answer within 30 s' });
  });
});
