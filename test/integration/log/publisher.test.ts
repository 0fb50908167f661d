import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { JournalDown, type Recorder } from '../../../src/core/ports/recorder.ts';
import { createDatabaseLog } from '../../../src/journal/log/database-log.ts';
import { LogFiles } from '../../../src/journal/log/log-files.ts';
import { prove } from '../../../src/journal/log/prove.ts';
import { LogPublisher, type PublisherOptions } from '../../../src/journal/log/publisher.ts';
import { openCheckpoint, originOf, signCheckpoint } from '../../../src/journal/merkle/checkpoint.ts';
import { rootOf } from '../../../src/journal/merkle/proof.ts';
import { verifyProofFile } from '../../../src/journal/merkle/proof-file.ts';
import {
  createNoteSigner,
  parseVkey,
  type NoteSigner,
  type NoteVerifier,
} from '../../../src/journal/merkle/signed-note.ts';
import { bundlePath, leavesOfBundle, newTiles, tilePath } from '../../../src/journal/merkle/tiles.ts';
import { openTestJournal, newPlace, noteDraft, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog } from '../../support/quiet.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
let made: Awaited<ReturnType<typeof newPlace>>;
let opened: TestJournal;
let directory: string;
let clock: ManualClock;
let log: KeptLog;
let signer: NoteSigner;

beforeEach(async () => {
  made = await newPlace();
  directory = join(made.dir, 'log');
  clock = new ManualClock();
  log = new KeptLog();
  opened = await openTestJournal({ place: made.place, clock });
  signer = createNoteSigner(originOf('acme.example'), opened.journal.keys.signing);
});
afterEach(async () => {
  await opened.close();
  await made.remove();
});

function settings(more: Partial<PublisherOptions> = {}): PublisherOptions {
  const { journal } = opened;
  const files = new LogFiles(directory);
  return { source: createDatabaseLog(journal.database), files, signer, recorder: journal, clock, log, ...more };
}

async function publisher(more: Partial<PublisherOptions> = {}): Promise<LogPublisher> {
  const open = await LogPublisher.open(settings(more));
  if (!open.ok) throw new Error(open.error.message);
  return open.value;
}

async function record(count: number): Promise<void> {
  await opened.journal.append(Array.from({ length: count }, (_, i) => noteDraft(`${i}`)));
}

async function verifierOnDisk(): Promise<NoteVerifier> {
  const verifier = parseVkey(await readFile(join(directory, 'vkey'), 'utf8'));
  if (verifier === undefined) throw new Error('no vkey');
  return verifier;
}

async function checkpointOnDisk(): Promise<{ size: number; root: Uint8Array }> {
  const opened = openCheckpoint(await readFile(join(directory, 'checkpoint'), 'utf8'), await verifierOnDisk());
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

describe('publishing the log', () => {
  test('writes every tile and bundle of the tree, and then the checkpoint', async () => {
    await record(300);
    const log = await publisher();
    await expect(log.publish()).resolves.toMatchObject({ size: 300, origin: 'gatehouse/acme.example' });
    expect((await checkpointOnDisk()).size).toBe(300);
    for (const tile of newTiles(0, 300)) {
      const bytes = await readFile(join(directory, tilePath(tile)));
      expect(bytes).toHaveLength(tile.width * 32);
    }
    const bundle = await readFile(join(directory, 'tile/entries/001.p/44'));
    const leaves = await opened.journal.reader.leaves({ from: must(parsePosition(257)), to: must(parsePosition(300)) });
    expect(leavesOfBundle(bundle)).toEqual(leaves);
  });

  describe('as the first of a new epoch', () => {
    const earlier = ['epoch-1'];
    /** What was published so far is the earlier epoch's, as after a restore. */
    async function setAside(): Promise<void> {
      await mkdir(join(directory, 'epoch-1'), { recursive: true });
      for (const name of ['tile', 'checkpoint', 'vkey'])
        await rename(join(directory, name), join(directory, 'epoch-1', name));
    }
    const inode = async (...path: string[]) => (await stat(join(directory, ...path))).ino;
    const files = ['tile/0/000', 'tile/0/001', 'tile/entries/000', 'tile/entries/001'];
    const sameFiles = () =>
      Promise.all(files.map(async (file) => (await inode(file)) === (await inode('epoch-1', file))));

    beforeEach(async () => {
      await record(600);
      await (await publisher()).publish();
      await setAside();
    });

    async function isWhole(): Promise<void> {
      const size = await opened.journal.size();
      const { size: published } = await checkpointOnDisk();
      expect(published).toBe(size - 1);
      const files = new LogFiles(directory);
      const source = createDatabaseLog(opened.journal.database);
      for (let from = 0; from < published; from += 256) {
        const width = Math.min(256, published - from);
        const bytes = await files.read(bundlePath({ index: from / 256, width }));
        expect(leavesOfBundle(bytes ?? new Uint8Array(0))).toEqual(await source.leaves(from, from + width));
      }
      const root = await rootOf(published, files.subtrees(published));
      expect(Buffer.from(root)).toEqual(Buffer.from((await checkpointOnDisk()).root));
    }

    test('gives full tiles and bundles that are the same a second name, and writes the rest', async () => {
      await record(10);
      await expect((await publisher({ earlier })).publish()).resolves.toMatchObject({ size: 611 });
      expect(await sameFiles()).toEqual([true, true, true, true]);
      await isWhole();
    });

    test('takes nothing that is not the same, or is cut, or is gone', async () => {
      const flip = async (file: string, at: number): Promise<void> => {
        const bytes = await readFile(join(directory, 'epoch-1', file));
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        await writeFile(join(directory, 'epoch-1', file), bytes);
      };
      await flip('tile/0/000', 8_000);
      await flip('tile/entries/000', 100);
      await writeFile(join(directory, 'epoch-1/tile/entries/001'), '');
      await rm(join(directory, 'epoch-1/tile/0/001'));
      await (await publisher({ earlier })).publish();
      expect((await inode('tile/0/000')) === (await inode('epoch-1/tile/0/000'))).toBe(false);
      await isWhole();
    });

    test('goes on with what a publication that was cut off had taken over', async () => {
      await mkdir(join(directory, 'tile/0'), { recursive: true });
      await link(join(directory, 'epoch-1/tile/0/000'), join(directory, 'tile/0/000'));
      await mkdir(join(directory, 'tile/entries'), { recursive: true });
      await writeFile(join(directory, 'tile/entries/000'), 'half of anoth');
      await (await publisher({ earlier })).publish();
      expect(await sameFiles()).toEqual([true, true, false, true]);
      await isWhole();
    });
  });

  test('puts itself on record, and does not take that as something new', async () => {
    await record(3);
    const log = await publisher();
    await log.publish();
    expect(await opened.journal.size()).toBe(4);
    await expect(opened.journal.read(must(parsePosition(4)))).resolves.toMatchObject({
      kind: 'checkpoint.published',
      body: { size: 3, origin: 'gatehouse/acme.example', where: 'data/log' },
    });
    await expect(log.publish()).resolves.toBeUndefined();
    await log[Symbol.asyncDispose]();
    expect(await opened.journal.size()).toBe(4);
    // Nor does the next start.
    await expect((await publisher()).publish()).resolves.toBeUndefined();
    await record(1);
    await expect((await publisher()).publish()).resolves.toMatchObject({ size: 5 });
  });

  test('happens within a minute of a commit, and at shutdown', async () => {
    const published = await publisher();
    await record(2);
    published.notice();
    published.notice();
    expect(clock.timers).toBe(1);
    clock.advance(60_000);
    await published.publish();
    expect((await checkpointOnDisk()).size).toBe(2);
    await record(1);
    await published[Symbol.asyncDispose]();
    expect((await checkpointOnDisk()).size).toBe(4);
    published.notice();
    expect(clock.timers).toBe(0);
  });

  test('goes on tile by tile over many publications, and drops partial forms of what became full', async () => {
    const published = await publisher();
    for (const count of [1, 100, 200, 300]) {
      await record(count);
      await published.publish();
    }
    const { size } = await checkpointOnDisk();
    expect(size).toBe(604);
    for (const tile of newTiles(0, size))
      expect(await readFile(join(directory, tilePath(tile)))).toHaveLength(tile.width * 32);
    expect((await readdir(join(directory, 'tile/0'))).toSorted()).toEqual(['000', '001', '002.p']);
    expect((await readdir(join(directory, 'tile/entries'))).toSorted()).toEqual(['000', '001', '002.p']);
    const again = await publisher();
    await record(10);
    await again.publish();
    expect((await checkpointOnDisk()).size).toBe(615);
  });

  test('that could not be written leaves the last checkpoint, and comes after all when it can', async () => {
    await record(10);
    const published = await publisher();
    await published.publish();
    const before = await checkpointOnDisk();
    await record(300);
    // A folder where the tile belongs stops the write.
    await mkdir(join(directory, 'tile/0/000'), { recursive: true });
    published.notice();
    clock.advance(60_000);
    await expect(published.publish()).rejects.toThrow();
    expect(await checkpointOnDisk()).toEqual(before);
    expect(log.events()).toContain('log.publish-failed');
    await rm(join(directory, 'tile/0/000'), { recursive: true });
    await published.publish();
    expect((await checkpointOnDisk()).size).toBe(311);
  });

  test('is put on record by the next publication, or the next start, when the record could not be written', async () => {
    await record(2);
    const down: Recorder = { append: () => Promise.reject(new JournalDown('the disk is full')) };
    const failing = await publisher({ recorder: down });
    await expect(failing.publish()).rejects.toThrow(JournalDown);
    expect((await checkpointOnDisk()).size).toBe(2);
    expect(await opened.journal.size()).toBe(2);
    const again = await publisher();
    await expect(again.publish()).resolves.toBeUndefined();
    await expect(opened.journal.read(must(parsePosition(3)))).resolves.toMatchObject({
      kind: 'checkpoint.published',
      body: { size: 2 },
    });
    await again.publish();
    expect(await opened.journal.size()).toBe(3);
  });

  test('writes lost or changed tiles again from the records', async () => {
    await record(300);
    await (await publisher()).publish();
    await rm(join(directory, 'tile'), { recursive: true });
    const again = await publisher();
    expect(log.events()).toContain('log.tiles-rewritten');
    for (const tile of newTiles(0, 300))
      expect(await readFile(join(directory, tilePath(tile)))).toHaveLength(tile.width * 32);
    await record(1);
    await again.publish();
    expect((await checkpointOnDisk()).size).toBe(302);
  });
});

describe('starting on a published record', () => {
  test('is refused when the database is older than the checkpoint', async () => {
    await record(5);
    const head = { size: 9, root: new Uint8Array(32) };
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'checkpoint'), signCheckpoint(head, signer));
    const open = await LogPublisher.open(settings());
    expect(open).toMatchObject({ ok: false, error: { reason: 'ahead' } });
    expect(open.ok ? '' : open.error.message).toContain('data/log/checkpoint covers 9 records, the database holds 5');
    expect(open.ok ? '' : open.error.message).toContain('Put the newer database back');
  });

  test('is refused when the record was rewritten', async () => {
    await record(5);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'checkpoint'), signCheckpoint({ size: 4, root: new Uint8Array(32) }, signer));
    expect(await LogPublisher.open(settings())).toMatchObject({ ok: false, error: { reason: 'rewritten' } });
  });

  test('is refused when a further known checkpoint contradicts it, before or after the published one', async () => {
    await record(5);
    await (await publisher()).publish();
    await record(5);
    const head = await createDatabaseLog(opened.journal.database).head();
    expect((await LogPublisher.open(settings({ known: [{ ...head, where: 'anchor' }] }))).ok).toBe(true);
    for (const size of [3, 5, 8, head.size]) {
      const known = [{ size, root: new Uint8Array(32), where: 'the anchor of Monday' }];
      const open = await LogPublisher.open(settings({ known }));
      expect(open).toMatchObject({ ok: false, error: { reason: 'rewritten' } });
      expect(open.ok ? '' : open.error.message).toContain('the anchor of Monday');
    }
    const known = [{ size: head.size + 1, root: new Uint8Array(32), where: 'the anchor of Monday' }];
    expect(await LogPublisher.open(settings({ known }))).toMatchObject({ ok: false, error: { reason: 'ahead' } });
  });

  test.each(['', 'gatehouse/acme.example\n', 'not a checkpoint\n\n— x y\n'])(
    'is refused when the checkpoint is damaged: %j',
    async (text) => {
      await record(1);
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, 'checkpoint'), text);
      expect(await LogPublisher.open(settings())).toMatchObject({ ok: false, error: { reason: 'not-ours' } });
    },
  );
});

describe('proving a record', () => {
  test('gives a file that its public key alone verifies', async () => {
    await record(300);
    await (await publisher()).publish();
    const verifier = await verifierOnDisk();
    const from = { source: settings().source, files: settings().files, verifier };
    for (const n of [1, 2, 256, 257, 300]) {
      const text = await prove(must(parsePosition(n)), from);
      expect(text.ok && verifyProofFile(text.value, verifier)).toMatchObject({
        ok: true,
        value: { position: n, header: { position: n, kind: 'system.stopped' }, checkpoint: { size: 300 } },
      });
    }
  });

  test('says when there is no such record, when it is too new, and when the files do not fit', async () => {
    await record(3);
    const files = new LogFiles(directory);
    const from = { source: settings().source, files, verifier: signer };
    const at = (n: number) => prove(must(parsePosition(n)), from);
    expect(await at(1)).toMatchObject({ ok: false, error: { reason: 'not-published-yet' } });
    await (await publisher()).publish();
    expect((await at(3)).ok).toBe(true);
    expect(await at(4)).toMatchObject({ ok: false, error: { reason: 'not-published-yet' } });
    expect(await at(5)).toMatchObject({ ok: false, error: { reason: 'no-such-record' } });
    await writeFile(join(directory, 'tile/0/000.p/3'), Buffer.alloc(96));
    expect(await at(1)).toMatchObject({ ok: false, error: { reason: 'does-not-verify' } });
    await rm(join(directory, 'tile/0'), { recursive: true });
    expect(await at(1)).toMatchObject({ ok: false, error: { reason: 'does-not-verify' } });
  });
});
