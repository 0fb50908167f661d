import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import { must, parseClassId } from '../../../src/core/ids.ts';
import type { Homeserver } from '../../../src/core/ports/homeserver.ts';
import { createMatrix } from '../../../src/matrix/matrix.ts';
import { httpPeer } from '../../support/http-peer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryRecorder } from './memory-recorder.ts';
import { keptLog, noMetrics } from './quiet.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function homeserverWith(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  clock: Clock = systemClock,
): Promise<Homeserver> {
  const peer = await httpPeer((request, response) => {
    if (request.url?.includes('/media/v3/upload') === true) answer(request, response);
    else response.setHeader('content-type', 'application/json').end('{}');
  });
  const service = { tokens: { as: 'ours', hs: 'theirs' }, listen: { host: '127.0.0.1', port: 0 } };
  const matrix = await createMatrix({
    ...{ domain: 'acme.example', url: peer.url, bridge: service, archive: service, protocols: [], clock },
    recorder: new MemoryRecorder(),
    class: must(parseClassId('us-finra-6y')),
    log: keptLog(),
    metrics: noMetrics,
  });
  cleanup.push(
    async () => {
      await peer[Symbol.asyncDispose]();
    },
    async () => {
      await matrix[Symbol.asyncDispose]();
    },
  );
  return matrix.homeserver;
}

const SIZE = 3_000_000;
async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < SIZE; at += 50_000) yield await Promise.resolve(Buffer.alloc(50_000, 'h'));
}
const file = (homeserver: Homeserver, open = pieces) => ({
  ...{ as: homeserver.gatehouse, name: 'a heron.png', type: 'image/png' },
  bytes: { size: SIZE, open },
});

describe('a file that is uploaded as it is read', () => {
  test('arrives whole, with its length told beforehand', async () => {
    const seen: unknown[] = [];
    const homeserver = await homeserverWith((request, response) => {
      let size = 0;
      request.on('data', (piece: Buffer) => (size += piece.length));
      request.on('end', () => {
        const { authorization, 'content-type': type, 'content-length': length } = request.headers;
        seen.push(
          size,
          authorization,
          type,
          length,
          new URL(request.url ?? '', 'http://a').searchParams.get('filename'),
        );
        response.end('{"content_uri":"mxc://acme.example/abc"}');
      });
    });
    expect(await homeserver.upload(file(homeserver))).toEqual({ ok: true, value: 'mxc://acme.example/abc' });
    expect(seen).toEqual([SIZE, 'Bearer ours', 'image/png', String(SIZE), 'a heron.png']);
  });

  test('that is too large is refused for good', async () => {
    const homeserver = await homeserverWith((_, response) => {
      response.writeHead(413).end('{"errcode":"M_TOO_LARGE","error":"too large"}');
    });
    expect(await homeserver.upload(file(homeserver))).toMatchObject({ ok: false, error: { kind: 'too-large' } });
  });

  test('whose answer is lost may be uploaded again', async () => {
    const homeserver = await homeserverWith((request) => {
      request.socket.destroy();
    });
    expect(await homeserver.upload(file(homeserver))).toMatchObject({ ok: false, error: { kind: 'down' } });
  });

  test('that never gets an answer is given up in time', async () => {
    const clock = new ManualClock();
    const arrived = Promise.withResolvers<undefined>();
    const homeserver = await homeserverWith(() => {
      arrived.resolve(undefined);
    }, clock);
    const asked = homeserver.upload(file(homeserver));
    await arrived.promise;
    clock.advance(10 * 60_000);
    expect(await asked).toMatchObject({ ok: false, error: { kind: 'down', detail: 'no answer in time' } });
  });

  test('whose own bytes are broken is our failure, not the homeserver’s', async () => {
    const homeserver = await homeserverWith(() => undefined);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.alloc(10));
      throw new Error('damaged');
    }
    await expect(homeserver.upload(file(homeserver, broken))).rejects.toThrow('damaged');
  });
});
