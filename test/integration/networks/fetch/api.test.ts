import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FetchFailed, type FileForm } from '../../../../src/core/ports/safe-fetch.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { Serving } from './serving.ts';

let serving: Serving;
beforeEach(() => {
  serving = new Serving();
});
afterEach(() => serving[Symbol.asyncDispose]());

async function kindOf(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  return error instanceof FetchFailed ? error.kind : 'no failure';
}

describe("the provider's API", () => {
  test('is asked wherever it lies, and its connections are kept', async () => {
    const ports = new Set<number | undefined>();
    const host = await serving.http((request, response) => {
      ports.add(request.socket.remotePort);
      response.setHeader('x-rate', '3').end('{"ok":true}');
    });
    const api = serving.fetching().api(`http://${host}`);

    for (let i = 0; i < 5; i += 1) {
      const answer = await api('/messages', { method: 'POST', body: '{}' });
      expect([answer.status, answer.header('x-rate'), await answer.json()]).toEqual([200, '3', { ok: true }]);
    }
    // A connection may be seen as free just after the next question chose another.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test('is told a form and its length', async () => {
    const seen: unknown[] = [];
    const host = await serving.raw((socket) => {
      let text = '';
      socket.on('data', (piece) => {
        text += piece.toString('latin1');
        if (!text.includes('two\r\n--')) return;
        seen.push(/content-length: \d+/iu.test(text), /transfer-encoding/iu.test(text), text.includes('name="a"'));
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    const form = new FormData();
    form.set('a', 'one');
    form.set('b', new Blob(['two']), 'b.txt');

    const answer = await serving.fetching().api(`http://${host}`)('/', { method: 'POST', body: form });
    expect([answer.status, seen]).toEqual([204, [true, false, true]]);
  });

  test('is given a file as it is read, with its length before it, and what breaks off is no whole file', async () => {
    const names: (string | null)[] = [];
    const files: (readonly (string | undefined)[])[] = [];
    const host = await serving.http((request, response) => {
      names.push(request.headers['content-length'] === undefined ? null : 'told');
      buffer(request)
        .then((bytes) => {
          files.push([bytes.toString('latin1'), request.headers['content-type'], request.headers['content-length']]);
          response.end();
        })
        .catch(() => response.destroy());
    });
    const piece = Buffer.alloc(64 * 1_024, 1);
    let opened = 0;
    const form = (count: number, fails = false): FileForm => ({
      fields: { type: 'image/png' },
      file: {
        ...{ field: 'file', name: 'a "b"\r\nc: d.png', type: 'image/png', size: count * piece.length },
        open: async function* () {
          for (; opened < count; opened += 1) yield await Promise.resolve(piece);
          if (fails) throw new Error('the disk is gone');
        },
      },
    });
    const ask = (body: FileForm) => serving.fetching().api(`http://${host}`)('/media', { method: 'POST', body });
    expect((await ask(form(40))).status).toBe(200);
    const [[text = '', type = '', length = ''] = []] = files;
    const boundary = type.replace('multipart/form-data; boundary=', '');
    expect(text.split(`--${boundary}`)).toEqual([
      '',
      '\r\ncontent-disposition: form-data; name="type"\r\n\r\nimage/png\r\n',
      '\r\ncontent-disposition: form-data; name="file"; filename="a %22b%22%0D%0Ac: d.png"\r\n' +
        `content-type: image/png\r\n\r\n${'\u0001'.repeat(40 * piece.length)}\r\n`,
      '--\r\n',
    ]);
    expect(length).toBe(String(text.length));
    opened = 0;
    expect(await kindOf(ask({ ...form(2, true), fields: {} }))).toBe('unclear');
    opened = 1;
    expect(await kindOf(ask(form(3)))).toBe('unclear');
    expect([names.every((one) => one === 'told'), files.length]).toEqual([true, 1]);
  });

  test("that redirects has its redirect as an answer: credentials don't follow it", async () => {
    const host = await serving.http((_, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });

    const answer = await serving.fetching().api(`http://${host}`)('/media');
    expect([answer.status, answer.header('location')]).toEqual([307, 'http://127.0.0.1:1/']);
  });

  test('that gives no JSON gives nothing', async () => {
    const host = await serving.http((_, response) => response.end('<html>502</html>'));

    expect(await (await serving.fetching().api(`http://${host}`)('/')).json()).toBeUndefined();
  });

  test('that is not there was certainly not asked', async () => {
    const gone = new Serving();
    const host = await gone.raw(() => undefined);
    await gone[Symbol.asyncDispose]();

    expect(await kindOf(serving.fetching().api(`http://${host}`)('/', { method: 'POST' }))).toBe('unsent');
  });

  test('that hangs up after a byte of the question may have taken it', async () => {
    const host = await serving.raw((socket) => {
      socket.once('data', () => socket.destroy());
    });

    expect(await kindOf(serving.fetching().api(`http://${host}`)('/', { method: 'POST', body: 'a' }))).toBe('unclear');
  });

  test('that is silent is given up by the clock, and may have taken it', async () => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<undefined>();
    const host = await serving.http(() => {
      arrived.resolve(undefined);
    });
    const asked = kindOf(serving.fetching({ clock }).api(`http://${host}`)('/', { method: 'POST', body: 'a' }));

    await arrived.promise;
    clock.advance(30_000);
    expect([await asked, clock.timers]).toEqual(['unclear', 0]);
  });

  test('that takes all its connections has not taken what still waits for one', async () => {
    const clock = new ManualClock();
    let taken = 0;
    const all = Promise.withResolvers<undefined>();
    const host = await serving.http(() => {
      taken += 1;
      if (taken === 32) all.resolve(undefined);
    });
    const api = serving.fetching({ clock }).api(`http://${host}`);
    const asked = Array.from({ length: 33 }, () => kindOf(api('/', { method: 'POST', body: 'a' })));

    await all.promise;
    clock.advance(30_000);
    const kinds = await Promise.all(asked);
    expect(kinds.filter((kind) => kind === 'unclear')).toHaveLength(32);
    expect(kinds.at(-1)).toBe('unsent');
  });

  test('that accepts and says nothing to TLS was certainly not asked', async () => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<undefined>();
    const host = await serving.raw((socket) => {
      socket.once('data', () => {
        arrived.resolve(undefined);
      });
    });
    const asked = kindOf(serving.fetching({ clock }).api(`https://${host}`)('/', { method: 'POST', body: 'a' }));

    await arrived.promise;
    clock.advance(10_000);
    expect(await asked).toBe('unsent');
  });

  test('is left when nobody waits any more', async () => {
    const stop = new AbortController();
    const arrived = Promise.withResolvers<undefined>();
    const clock = new ManualClock();
    const host = await serving.http(() => {
      arrived.resolve(undefined);
    });
    const api = serving.fetching({ clock }).api(`http://${host}`);
    const asked = kindOf(api('/updates', { timeoutMs: 60_000, signal: stop.signal }));

    await arrived.promise;
    stop.abort();
    expect([await asked, clock.timers]).toEqual(['unclear', 0]);
    expect(await kindOf(api('/updates', { signal: stop.signal }))).toBe('unsent');
  });

  test('an answer that nobody reads leaves nothing behind', async () => {
    const clock = new ManualClock();
    const host = await serving.http((_, response) => response.end(Buffer.alloc(4 * 1024 * 1024)));
    const closing = serving.fetching({ clock });

    expect((await closing.api(`http://${host}`)('/')).status).toBe(200);
    clock.advance(30_000);
    await closing[Symbol.asyncDispose]();
    expect(clock.timers).toBe(0);
  });

  test('must be an origin', () => {
    const { api } = serving.fetching();
    for (const origin of ['api.example', 'ftp://api.example', 'https://api.example/v1', 'https://a:b@api.example']) {
      expect(() => api(origin)).toThrow('origin');
    }
  });
});
