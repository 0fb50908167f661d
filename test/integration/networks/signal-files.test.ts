import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { FileFetched } from '../../../src/core/ports/connector.ts';
import { until } from '../../support/carrier.ts';
import { ann, says, SignalHouse, type Running } from '../../support/signal-house.ts';
import type { Said } from '../../support/simulators/signal/customer.ts';

/** Ann sends it, and it is on record. */
async function sent(house: SignalHouse, { core }: Running, said: Said): Promise<void> {
  says(house.sim.customer(ann), said);
  await until('it', () => core.events.length === 1);
}

/** The file of the first message on record. */
async function fetched({ core, connector }: Running, maxBytes = 1_000_000) {
  const [event] = core.events;
  const [attachment] = event?.kind === 'message' ? (event.message.attachments ?? []) : [];
  if (attachment === undefined) throw new Error('no file');
  const pieces: Uint8Array[] = [];
  const into = (piece: Uint8Array): Promise<void> => {
    pieces.push(piece);
    return Promise.resolve();
  };
  const { signal } = new AbortController();
  const state: FileFetched | undefined = await connector.fetchFile?.({ attachment, maxBytes, signal, into });
  return { state, bytes: Buffer.concat(pieces) };
}

describe('files on Signal', () => {
  test("are read from signal-cli's folder where it is named, of any size", async () => {
    await using undo = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'signal-'));
    undo.defer(() => rm(folder, { recursive: true }));
    const house = undo.use(await SignalHouse.open());
    const running = await house.run(house.sim.tcp, { config: { attachments: folder } });
    const bytes = Buffer.alloc(300_000, 7);
    await sent(house, running, { text: '', files: [{ type: 'image/png', bytes }] });
    expect((await fetched(running)).state).toMatchObject({ state: 'gone' });
    for (const id of house.daemon.store.files.keys()) await writeFile(join(folder, id), bytes);
    const whole = await fetched(running);
    expect(whole.state).toEqual({ state: 'fetched' });
    expect(whole.bytes.equals(bytes)).toBe(true);
    expect((await fetched(running, 1_000)).state).toEqual({ state: 'too-large' });
  });

  test('that are stickers come from their pack', async () => {
    await using house = await SignalHouse.open();
    const running = await house.run(house.sim.tcp);
    house.daemon.store.files.set('a0b1:3', Buffer.from('RIFF'));
    await sent(house, running, { text: null, more: { sticker: { packId: 'a0b1', stickerId: 3 } } });
    expect((await fetched(running)).bytes.toString()).toBe('RIFF');
  });

  test('whose name leaves the folder are never followed', async () => {
    await using house = await SignalHouse.open();
    const running = await house.run(house.sim.tcp, { config: { attachments: '/etc' } });
    const attachments = [{ contentType: 'text/plain', id: '../etc/passwd', filename: null, size: 1 }];
    await sent(house, running, { text: null, more: { attachments } });
    expect((await fetched(running)).state).toMatchObject({ state: 'gone' });
  });
});
