/** Ports that are told to several processes, and taken by them a while later. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort } from '../../../src/demo/synapse/free-port.ts';

/** What a system gives to whoever asks for any begins here at the lowest: Linux' net.ipv4.ip_local_port_range. */
const GIVEN_TO_ANYBODY = 32_768;

test('ports told one after the other are different ones, though nobody listens on them yet', async () => {
  const told: number[] = [];
  for (let n = 0; n < 20; n += 1) told.push(await freePort());
  expect(new Set(told).size).toBe(told.length);
});

test('the system gives none of them to somebody who asks for any', async () => {
  for (let n = 0; n < 20; n += 1) expect(await freePort()).toBeLessThan(GIVEN_TO_ANYBODY);
});

test('one on which somebody listens is passed over', async () => {
  const [first, server] = [await freePort(), createServer()];
  server.listen(first + 1, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect(await freePort()).not.toBe(first + 1);
  } finally {
    server.close();
    await once(server, 'close');
  }
});
