import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { must, parseMillis, parsePosition } from '../../../src/core/ids.ts';
import { readList } from '../../../src/journal/backup/files.ts';
import { timeName, timesIn } from '../../../src/journal/backup/layout.ts';
import { FILES, manifestIn, readManifest } from '../../../src/journal/backup/manifest.ts';
import { openCheckpoint } from '../../../src/journal/merkle/checkpoint.ts';
import { DOMAIN, Installed } from '../../support/backed-up.ts';
import { noteDraft, openTestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
jest.setTimeout(120_000);

let house: Installed;
beforeEach(async () => {
  house = await Installed.make();
  await house.record(...Array.from({ length: 300 }, (_, i) => noteDraft(`note ${i}`)));
  await house.publish();
});
afterEach(() => house[Symbol.asyncDispose]());

function notes(count: number): ReturnType<typeof noteDraft>[] {
  return Array.from({ length: count }, (_, i) => noteDraft(`later ${i}`));
}

async function store(text: string): Promise<string> {
  await using writer = await house.blobs.begin();
  await writer.write(Buffer.from(text));
  return (await writer.finish()).blob;
}

describe('a backup', () => {
  test('made while records are appended opens by itself and holds exactly the first of them', async () => {
    const stop = new AbortController();
    const writing = (async () => {
      while (!stop.signal.aborted) await house.record(...notes(20));
    })();
    const made = await house.backup();
    stop.abort();
    await writing;
    expect(made.size).toBeGreaterThanOrEqual(301);
    expect(await (await house.journal()).size()).toBeGreaterThan(made.size);
    const copy = join(house.dir, 'copy');
    await mkdir(copy);
    await cp(join(house.to, 'journal', made.time, 'gatehouse.db'), join(copy, 'gatehouse.db'));
    await cp(join(house.to, 'keys', made.time, 'keys.db'), join(copy, 'keys.db'));
    const place = {
      ...house.place,
      database: { dialect: 'sqlite', file: join(copy, 'gatehouse.db') } as const,
      keysDatabase: { dialect: 'sqlite', file: join(copy, 'keys.db') } as const,
    };
    await using opened = await openTestJournal({ place });
    expect(await opened.journal.size()).toBe(made.size);
    for (const position of [1, 150, made.size]) {
      const [there] = await opened.journal.reader.entriesFrom(must(parsePosition(position)), 1);
      const [here] = await (await house.journal()).reader.entriesFrom(must(parsePosition(position)), 1);
      expect(there).toEqual(here);
      expect(there).not.toHaveProperty('erased');
    }
  });

  test('says in a signed manifest what it holds, and its checkpoint is not ahead of it', async () => {
    const made = await house.backup();
    const { signing } = (await house.journal()).keys;
    const folder = join(house.to, 'journal', made.time);
    const manifest = await manifestIn(folder, { domain: DOMAIN, signing });
    expect(manifest).toMatchObject({ what: 'record', size: 301, epoch: 1, origin: 'gatehouse/acme.example' });
    const text = await readFile(join(folder, 'manifest'), 'utf8');
    await writeFile(join(folder, 'manifest'), text.replace('"size":301', '"size":300'));
    expect(await manifestIn(folder, { domain: DOMAIN, signing })).toBeUndefined();
    expect(openCheckpoint(text, await house.signer()).ok).toBe(false);
    const checkpoint = openCheckpoint(await readFile(join(folder, 'log/checkpoint'), 'utf8'), await house.signer());
    expect(checkpoint).toMatchObject({ ok: true, value: { size: 300 } });
    const list = readList(await readFile(join(folder, FILES), 'utf8'));
    expect(list?.map((file) => file.path)).toEqual(expect.arrayContaining(['gatehouse.db', 'log/tile/0/000', 'blobs']));
    // The keys are apart, so that they can be kept for a shorter time.
    expect(await readdir(join(house.to, 'keys', made.time))).toEqual(['files', 'keys.db', 'manifest']);
    expect((await stat(join(house.to, 'keys', made.time, 'keys.db'))).mode & 0o077).toBe(0);
  });

  test('copies each attachment once, and leaves out one that is not what it was', async () => {
    const first = await store('one');
    expect(await house.backup()).toMatchObject({ newBlobs: 1, damaged: [] });
    const second = await store('two');
    const third = await store('three');
    await writeFile(join(house.data, 'blobs', third.slice(0, 2), third), 'something else');
    expect(await house.backup()).toMatchObject({ newBlobs: 1, damaged: [third] });
    for (const blob of [first, second]) {
      expect((await stat(join(house.to, 'blobs', blob.slice(0, 2), blob))).size).toBeGreaterThan(0);
    }
    await expect(stat(join(house.to, 'blobs', third.slice(0, 2), third))).rejects.toThrow('ENOENT');
  });

  test('takes away copies of the keys whose time is over, and only its own', async () => {
    const clock = new ManualClock();
    const old = await house.backup({ clock, keepKeysMs: 1000 });
    const stranger = timeName(must(parseMillis(clock.now() + 1)));
    await mkdir(join(house.to, 'keys', stranger));
    await writeFile(join(house.to, 'keys', stranger, 'manifest'), 'not ours');
    clock.advance(500);
    const middle = await house.backup({ clock, keepKeysMs: 1000 });
    expect(middle.keysRemoved).toBe(0);
    clock.advance(600);
    const last = await house.backup({ clock, keepKeysMs: 1000 });
    expect(last.keysRemoved).toBe(1);
    const left = await readdir(join(house.to, 'keys'));
    expect(left.toSorted()).toEqual([stranger, middle.time, last.time].toSorted());
    expect(left).not.toContain(old.time);
    // The records stay.
    expect(await readdir(join(house.to, 'journal'))).toHaveLength(3);
  });

  test('that is stopped on the way leaves nothing that looks like one, and the next works', async () => {
    const stop = new AbortController();
    await expect(
      house.backup({
        signal: stop.signal,
        progress: () => {
          stop.abort();
        },
      }),
    ).rejects.toThrow();
    const left = [...(await readdir(join(house.to, 'journal'))), ...(await readdir(join(house.to, 'keys')))];
    expect(left.every((name) => name.endsWith('.part'))).toBe(true);
    expect(left).not.toHaveLength(0);
    const made = await house.backup();
    expect(await readdir(join(house.to, 'journal'))).toEqual([made.time]);
    expect(await readdir(join(house.to, 'keys'))).toEqual([made.time]);
  });

  test.each([1, 2, 4, 8, 12])('killed before its %ith file is whole is never taken for one', async (files) => {
    await killedBackup(files);
    expect(await timesIn(join(house.to, 'journal'))).toEqual([]);
    const made = await house.backup();
    expect(await readdir(join(house.to, 'journal'))).toEqual([made.time]);
    expect((await readdir(join(house.to, 'keys'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('uses the tiles of the backup before again', async () => {
    const first = await house.backup();
    await house.record(...notes(300));
    await house.publish();
    const second = await house.backup();
    const inode = async (time: string): Promise<number> =>
      (await stat(join(house.to, 'journal', time, 'log/tile/0/000'))).ino;
    expect(await inode(second.time)).toBe(await inode(first.time));
  });
});

/** A process of its own makes a backup, and is killed when it opens a file for the so-manieth time. */
async function killedBackup(files: number): Promise<void> {
  const at = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { open } = fs.promises;
    let left = Infinity;
    fs.promises.open = (...given) => {
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      return open(...given);
    };
    syncBuiltinESMExports();
    const { makeBackup } = await import(${at('journal/backup/make-backup.ts')});
    const { openKeyRing } = await import(${at('journal/keys/key-ring.ts')});
    const { openDatabase } = await import(${at('storage/open-database.ts')});
    const { systemClock } = await import(${at('core/clock.ts')});
    const keys = await openDatabase({ dialect: 'sqlite', file: ${JSON.stringify(join(house.data, 'keys.db'))} }, 'read');
    const { signing } = await openKeyRing(keys, new Uint8Array(32).fill(7), false);
    left = ${String(files)};
    await makeBackup({
      from: ${JSON.stringify(house.data)}, to: ${JSON.stringify(house.to)}, domain: 'acme.example', signing,
      version: 'x', config: 'x', keepKeysMs: 1000, clock: systemClock, progress: () => undefined,
      signal: new AbortController().signal,
    });
  `;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script],
    {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: 'ignore',
    },
  );
  const [, signal] = z.tuple([z.unknown(), z.unknown()]).parse(await once(child, 'exit'));
  expect(signal).toBe('SIGKILL');
}

test.each(['', 'gatehouse-backup/1', 'gatehouse-backup/1\n{}\n', 'gatehouse-backup/2\n{}\n', '\0'])(
  'a manifest that is none is not read: %j',
  (text) => {
    expect(readManifest(text)).toBeUndefined();
  },
);

test.each(['x', `${'0'.repeat(64)} 1 ../keys.db\n`, `${'0'.repeat(64)} 1 a/../../b\n`, `${'0'.repeat(64)} 1 /etc/x\n`])(
  'a list of files that leads elsewhere is not read: %j',
  (text) => {
    expect(readList(text)).toBeUndefined();
  },
);
