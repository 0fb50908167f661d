import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/core/clock.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseClassId, parseMediaUri } from '../../../src/core/ids.ts';
import type { Homeserver } from '../../../src/core/ports/homeserver.ts';
import { createMatrix } from '../../../src/matrix/matrix.ts';
import { httpPeer } from '../../support/http-peer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryRecorder } from './memory-recorder.ts';
import { keptLog, noMetrics } from './quiet.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const uri = must(parseMediaUri('mxc://far.example:8448/photo'));
const cleanup: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function serve(answer: Answer): Promise<string> {
  const peer = await httpPeer((request, response) => {
    answer(response, request);
  });
  cleanup.push(async () => {
    await peer[Symbol.asyncDispose]();
  });
  return peer.url;
}

async function homeserverAt(url: string, clock: Clock = systemClock): Promise<Homeserver> {
  const service = { tokens: { as: 'ours', hs: 'theirs' }, listen: { host: '127.0.0.1', port: 0 } };
  const matrix = await createMatrix({
    ...{ domain: 'acme.example', url, bridge: service, archive: service, protocols: [], clock },
    recorder: new MemoryRecorder(),
    class: must(parseClassId('us-finra-6y')),
    log: keptLog(),
    metrics: noMetrics,
  });
  cleanup.push(async () => {
    await matrix[Symbol.asyncDispose]();
  });
  return matrix.homeserver;
}

/** A homeserver that knows our user and answers for a file as told. */
function mediaServer(answer: Answer): Promise<string> {
  return serve((response, request) => {
    if (request.url?.includes('/media/download/') === true) answer(response, request);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ displayname: 'Archivist' }));
  });
}

function matrixError(status: number, errcode: string): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ errcode, error: 'no' }));
  };
}

async function fetched(homeserver: Homeserver, more: { maxBytes?: number; signal?: AbortSignal } = {}) {
  const pieces: Uint8Array[] = [];
  const done = await homeserver.download({
    uri,
    maxBytes: more.maxBytes ?? 1_000_000,
    signal: more.signal ?? new AbortController().signal,
    into: (piece) => {
      pieces.push(Uint8Array.from(piece));
      return Promise.resolve();
    },
  });
  return { done, bytes: Buffer.concat(pieces) };
}

async function failureOf(answer: Answer, more: { maxBytes?: number } = {}) {
  const { done } = await fetched(await homeserverAt(await mediaServer(answer)), more);
  return done.ok ? 'ok' : done.error;
}

describe('a download', () => {
  test('asks with our token, as @archivist, for exactly this file, and gives its bytes', async () => {
    const content = Buffer.alloc(300_000, 'bytes');
    const asked: string[] = [];
    const url = await mediaServer((response, { url: path = '', headers }) => {
      asked.push(`${headers.authorization ?? ''} ${path}`);
      response.end(content);
    });
    const { done, bytes } = await fetched(await homeserverAt(url));
    expect(done.ok).toBe(true);
    expect(bytes.equals(content)).toBe(true);
    expect(asked).toEqual([
      'Bearer ours /_matrix/client/v1/media/download/far.example%3A8448/photo?user_id=%40archivist%3Aacme.example',
    ]);
  });

  test('of an empty file is no failure', async () => {
    const { done, bytes } = await fetched(await homeserverAt(await mediaServer((response) => response.end())));
    expect([done.ok, bytes.length]).toEqual([true, 0]);
  });

  test.each<[string, Answer, object]>([
    ['not there', matrixError(404, 'M_NOT_FOUND'), { kind: 'not-found' }],
    ['not for us', matrixError(403, 'M_FORBIDDEN'), { kind: 'forbidden', errcode: 'M_FORBIDDEN' }],
    ['larger than the homeserver takes from others', matrixError(502, 'M_TOO_LARGE'), { kind: 'too-large' }],
    ['on a server that is down', matrixError(502, 'M_UNKNOWN'), { kind: 'refused', status: 502 }],
    ['not uploaded yet', matrixError(504, 'M_NOT_YET_UPLOADED'), { kind: 'refused', status: 504 }],
    ['asked of a server too old', matrixError(404, 'M_UNRECOGNIZED'), { kind: 'refused', errcode: 'M_UNRECOGNIZED' }],
    ['asked for too often', matrixError(429, 'M_LIMIT_EXCEEDED'), { kind: 'rate-limited' }],
    ['asked of a server that starts', matrixError(503, 'M_UNKNOWN'), { kind: 'down' }],
    ['behind a proxy without a homeserver', (response) => response.writeHead(502).end('<html>'), { kind: 'down' }],
    ['on something that is no homeserver', (response) => response.writeHead(404).end('<html>'), { kind: 'refused' }],
    ['cut off before the answer', (response) => response.destroy(), { kind: 'unclear' }],
    [
      'cut off in the middle',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
      },
      { kind: 'unclear' },
    ],
  ])('of a file that is %s fails and says so', async (_what, answer, failure) => {
    expect(await failureOf(answer)).toMatchObject(failure);
  });

  test('of what is larger than asked for ends there, told or not told how large it is', async () => {
    const told: Answer = (response) => response.writeHead(200, { 'content-length': '5001' }).end(Buffer.alloc(5_001));
    expect(await failureOf(told, { maxBytes: 5_000 })).toMatchObject({ kind: 'too-large' });
    const endless: Answer = (response) => {
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(10_000), more);
      };
      more();
    };
    expect(await failureOf(endless, { maxBytes: 5_000 })).toMatchObject({ kind: 'too-large' });
    const fits: Answer = (response) => response.end(Buffer.alloc(5_000));
    expect(await failureOf(fits, { maxBytes: 5_000 })).toBe('ok');
  });

  test('follows no redirect: our token goes to the homeserver alone', async () => {
    const asked: string[] = [];
    const elsewhere = await serve((response, { url = '' }) => {
      asked.push(url);
      response.end('loot');
    });
    const redirect: Answer = (response) => response.writeHead(307, { location: `${elsewhere}/file` }).end();
    expect(await failureOf(redirect)).toMatchObject({ kind: 'unclear' });
    expect(asked).toEqual([]);
  });

  test('says that the homeserver is down where nobody listens', async () => {
    const { done } = await fetched(await homeserverAt('http://127.0.0.1:9'));
    expect(done).toMatchObject({ ok: false, error: { kind: 'down' } });
  });

  test('ends when nothing comes for 30 seconds, and when it is told to', async () => {
    const clock = new ManualClock();
    const begun = Promise.withResolvers<undefined>();
    const silent = await mediaServer((response) => {
      response.writeHead(200).write('a', () => {
        begun.resolve(undefined);
      });
    });
    const homeserver = await homeserverAt(silent, clock);
    const reading = fetched(homeserver);
    await begun.promise;
    const turned = turnUntil(reading, clock);
    expect((await reading).done).toMatchObject({ ok: false, error: { kind: 'unclear' } });
    await turned;

    const stop = new AbortController();
    const stopped = fetched(homeserver, { signal: stop.signal });
    stop.abort();
    expect((await stopped).done).toMatchObject({ ok: false, error: { kind: 'unclear' } });
  });

  test('passes on what the reader of its pieces throws, and lets go of the connection', async () => {
    const closed = Promise.withResolvers<undefined>();
    const url = await mediaServer((response) => {
      response.on('close', () => {
        closed.resolve(undefined);
      });
      response.writeHead(200).write('a');
    });
    const homeserver = await homeserverAt(url);
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const { signal } = new AbortController();
    const reading = homeserver.download({ uri, maxBytes: 10, signal, into: () => Promise.reject(full) });
    await expect(reading).rejects.toBe(full);
    await expect(closed.promise).resolves.toBeUndefined();
  });
});

/** Lets the clock go until `reading` has ended. */
async function turnUntil(reading: Promise<unknown>, clock: ManualClock): Promise<void> {
  const going = new AbortController();
  const end = (): void => {
    going.abort();
  };
  reading.then(end, end);
  while (!going.signal.aborted) {
    clock.advance(10_000);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
