import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ReadWindow } from '../../../src/networks/socket/read-window.ts';

let socket: net.Socket;
let server: net.Server;

beforeEach(async () => {
  server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  socket = net.connect(address.port, '127.0.0.1');
  await once(socket, 'connect');
});

afterEach(() => {
  socket.destroy();
  server.close();
});

test('at 64 under way nothing more is read, until half is done', async () => {
  const window = new ReadWindow(socket, () => undefined);
  const work = Array.from({ length: 64 }, () => Promise.withResolvers<undefined>());
  const done = async (from: number, to: number): Promise<void> => {
    for (const one of work.slice(from, to)) one.resolve(undefined);
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (const { promise } of work.slice(0, 63)) window.take(() => promise);
  expect(socket.isPaused()).toBe(false);
  window.take(() => work[63]?.promise ?? Promise.resolve());
  expect(socket.isPaused()).toBe(true);
  await done(0, 31);
  expect(socket.isPaused()).toBe(true);
  await done(31, 32);
  expect(socket.isPaused()).toBe(false);
  expect(window.busy).toBe(true);
  await done(32, 64);
  expect(window.busy).toBe(false);
});

test('work that fails is told, and is under way no longer', async () => {
  const told: unknown[] = [];
  const window = new ReadWindow(socket, (error) => told.push(error));
  const fault = new Error('disk full');
  window.take(() => Promise.reject(fault));
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([fault]);
  expect(window.busy).toBe(false);
});
