import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serveControl } from '../../../src/http/control/serve-control.ts';
import { listen, plainApp } from '../../../src/http/listener.ts';
import { openTestJournal } from '../../support/journal.ts';
import { KeptLog } from '../../support/quiet.ts';

/** The answer's status, asked for until there is one. */
async function statusOf(port: number): Promise<number> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer !== undefined) return answer.status;
  }
}

describe('connections beyond the limit are closed at once', () => {
  let dir = '';
  let sockets: Socket[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'connections-'));
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await rm(dir, { recursive: true, force: true });
  });

  /** Connects; resolves with the socket when it stands. */
  function connected(to: { readonly port: number } | { readonly path: string }): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect(to, () => {
        socket.off('error', reject);
        socket.on('error', () => undefined);
        resolve(socket);
      });
      socket.once('error', reject);
      sockets.push(socket);
    });
  }

  async function filled(to: { readonly port: number } | { readonly path: string }, limit: number): Promise<void> {
    const within = [];
    for (let n = 0; n < limit; n += 1) within.push(await connected(to));
    const beyond = await connected(to);
    await new Promise((resolve) => beyond.once('close', resolve));
    expect(within.filter((socket) => socket.destroyed || socket.readableEnded)).toEqual([]);
    // One that goes makes room for another, which is answered.
    const [first] = within;
    if (first === undefined) throw new Error('nobody was let in');
    await new Promise((resolve) => first.once('close', resolve).destroy());
  }

  test('at a listener of ours, which answers again when one has gone', async () => {
    const app = plainApp();
    await using listener = await listen(app, { at: { host: '127.0.0.1', port: 0 }, setting: 'x', log: new KeptLog() });
    const { port } = listener.address;
    await filled({ port }, 512);
    expect(await statusOf(port)).toBe(404);
  });

  test('at the control socket', async () => {
    const path = join(dir, 'control.sock');
    await using server = await serveControl(path, new Map(), new KeptLog());
    await filled({ path }, 32);
    expect(server).toBeDefined();
  });
});

test('of those who read the database four do so at a time, and the next when one has ended', async () => {
  await using opened = await openTestJournal();
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<undefined>());
  const reads = ends.map(({ promise }, n) =>
    opened.views.read(async () => {
      begun.push(n);
      await promise;
    }),
  );
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]?.resolve(undefined);
  await reads[2];
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  for (const { resolve } of ends) resolve(undefined);
  await Promise.all(reads);
});
