import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { z } from 'zod';

const require = createRequire(import.meta.url);

function load(name: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse({ ...z.looseObject({}).parse(require(name)) });
}

describe('the stand-in for the native crypto module', () => {
  test('lets both SDKs load, with one copy of the bot SDK between them', () => {
    expect(load('matrix-appservice-bridge')).toHaveProperty('Bridge');
    expect(load('@vector-im/matrix-bot-sdk')).toHaveProperty('MatrixClient');
    const fromBridge = createRequire(require.resolve('matrix-appservice-bridge')).resolve('@vector-im/matrix-bot-sdk');
    expect(fromBridge).toBe(require.resolve('@vector-im/matrix-bot-sdk'));
  });

  test.each(['UserId', 'OlmMachine', 'EncryptedAttachment'])(
    '%s says plainly that encryption is not built in',
    (name) => {
      const found = load('@matrix-org/matrix-sdk-crypto-nodejs')[name];
      if (typeof found !== 'function') throw new Error(`no ${name}`);
      expect(() => void Reflect.construct(found, ['@a:b'])).toThrow(
        'encryption is not built into this version of Gatehouse',
      );
      const initialize: unknown = Reflect.get(found, 'initialize');
      if (typeof initialize !== 'function') throw new Error('no static');
      expect(() => void Reflect.apply(initialize, found, [])).toThrow('encryption is not built into this version');
    },
  );
});

describe('the stand-in for request', () => {
  const seen: { url: string | undefined; connection: number; body: string }[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((incoming, response) => {
    sockets.add(incoming.socket);
    const connection = sockets.size;
    read(incoming).then(
      (body) => {
        seen.push({ url: incoming.url, connection, body });
        response.end(incoming.url === '/bytes' ? Buffer.from([0, 255]) : '{"a":"ü"}');
      },
      () => response.destroy(),
    );
  });
  let base = '';

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    base = address === null || typeof address === 'string' ? '' : `http://127.0.0.1:${String(address.port)}`;
  });

  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  function request(options: object): Promise<{ error: unknown; status: unknown; body: unknown }> {
    const call: unknown = require('request');
    if (typeof call !== 'function') throw new Error('no function');
    return new Promise((resolve) => {
      const done = (error: unknown, response: unknown, body: unknown): void => {
        resolve({ error, status: z.object({ statusCode: z.number() }).safeParse(response).data?.statusCode, body });
      };
      Reflect.apply(call, undefined, [options, done]);
    });
  }

  test('sends query and body, repeats a list, and answers with text', async () => {
    const options = { uri: `${base}/x`, method: 'PUT', qs: { a: ['1', '2'], b: null, c: 'ü &' }, body: '{"z":1}' };
    expect(await request(options)).toEqual({ error: null, status: 200, body: '{"a":"ü"}' });
    expect(seen.at(-1)).toMatchObject({ url: '/x?a=1&a=2&c=%C3%BC+%26', body: '{"z":1}' });
  });

  test('answers with bytes when the encoding is null', async () => {
    const { body } = await request({ uri: `${base}/bytes`, encoding: null });
    expect(Buffer.isBuffer(body) && [...body]).toEqual([0, 255]);
  });

  test('names a masqueraded device as Matrix does now, beside the old name', async () => {
    await request({ uri: `${base}/d`, qs: { 'org.matrix.msc3202.device_id': 'DEV' } });
    expect(seen.at(-1)?.url).toBe('/d?org.matrix.msc3202.device_id=DEV&device_id=DEV');
  });

  test('keeps the connection for the next call', async () => {
    await request({ uri: `${base}/1` });
    const before = sockets.size;
    await request({ uri: `${base}/2` });
    expect(sockets.size).toBe(before);
  });

  test('gives the system’s code when nobody listens, and ends by its timeout', async () => {
    expect(await request({ uri: 'http://127.0.0.1:1/' })).toMatchObject({ error: { code: 'ECONNREFUSED' } });
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const { error } = await request({ uri: `http://127.0.0.1:${String(port)}/`, timeout: 100 });
    expect(error).not.toBeNull();
    silent.closeAllConnections();
    silent.close();
  });
});

async function read(incoming: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of incoming) body += String(piece);
  return body;
}
