import { spawn } from 'node:child_process';
import { access, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { declareReady, placeRestored } from '../../../src/journal/backup/place-restored.ts';
import { restoreBackup, type RestoreOptions } from '../../../src/journal/backup/restore.ts';
import { createDatabaseLog } from '../../../src/journal/log/database-log.ts';
import { earlierLogs, setAsideEarlier } from '../../../src/journal/log/earlier-logs.ts';
import { epochsIn } from '../../../src/journal/log/epochs.ts';
import { prove } from '../../../src/journal/log/prove.ts';
import { positionsErased } from '../../../src/journal/rebuild-erased.ts';
import { openKeyRing } from '../../../src/journal/keys/key-ring.ts';
import { verifyProofFile } from '../../../src/journal/merkle/proof-file.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { definition } from '../../../src/storage/schema.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { headsKnown } from '../../../src/app/known-elsewhere.ts';
import { DOMAIN, Installed, MASTER_KEY } from '../../support/backed-up.ts';
import { erasedDraft } from '../../support/erasing.ts';
import { noteDraft } from '../../support/journal.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
jest.setTimeout(120_000);

let house: Installed;
beforeEach(async () => {
  house = await Installed.make();
  await house.record(...notes(300));
  await house.publish();
});
afterEach(() => house[Symbol.asyncDispose]());

function notes(count: number): ReturnType<typeof noteDraft>[] {
  return Array.from({ length: count }, (_, i) => noteDraft(`note ${i}`));
}

function options(more: Partial<RestoreOptions> = {}): RestoreOptions {
  return {
    ...{ from: house.to, to: house.data, domain: DOMAIN, replace: false, masterKey: MASTER_KEY, clock: systemClock },
    ...{ parts: [], tasks: taskSink, defaultClass: house.place.defaultClass },
    known: (installation) => headsKnown(house.data, installation, house.to),
    progress: () => undefined,
    signal: new AbortController().signal,
    ...more,
  };
}

async function loseEverything(): Promise<void> {
  await house.close();
  await rm(house.data, { recursive: true });
  await mkdir(house.data);
}

async function setAside(): Promise<void> {
  const journal = await house.journal();
  const epochs = await journal.views.read(epochsIn);
  await setAsideEarlier(house.files, earlierLogs(epochs, { domain: DOMAIN, signing: journal.keys.signing }));
}

function at(n: number) {
  return must(parsePosition(n));
}

function words(result: Awaited<ReturnType<typeof restoreBackup>>): string {
  return result.ok ? 'it was restored' : result.error;
}

async function isEmpty(): Promise<boolean> {
  return (await readdir(house.data)).length === 0;
}

describe('a restore', () => {
  test('brings records, attachments and log back, in a new epoch that says what it parts from', async () => {
    await using writer = await house.blobs.begin();
    await writer.write(Buffer.from('a picture'));
    const { blob } = await writer.finish();
    await house.backup();
    await loseEverything();
    const restored = await restoreBackup(options());
    expect(restored).toMatchObject({ ok: true, value: { size: 301, erased: 0, files: 1, epoch: 2, known: 301 } });
    const journal = await house.journal();
    expect(await journal.reader.stats()).toMatchObject({ size: 302, epoch: 2 });
    await expect(journal.read(at(302))).resolves.toMatchObject({
      kind: 'log.continued',
      body: { origin: 'gatehouse/acme.example', size: 301, restored: 301 },
    });
    expect(await house.blobs.check(blob)).toBe('sound');
    await setAside();
    expect(await house.verify()).toMatchObject({ ok: true, size: 302, firstBad: null });
    expect(await readdir(house.data)).not.toContain('restoring');
  });

  test('names what was published and is lost, and proves old and new records under the new origin', async () => {
    await house.backup();
    await house.record(...notes(200));
    await house.publish();
    const published = await house.files.readText('checkpoint');
    await house.close();
    const restored = await restoreBackup(options({ replace: true }));
    expect(restored).toMatchObject({ ok: true, value: { size: 301, known: 501, epoch: 2 } });
    const aside = restored.ok ? restored.value.aside : undefined;
    expect(await readdir(aside ?? '')).toEqual(expect.arrayContaining(['gatehouse.db', 'keys.db', 'log']));
    await setAside();
    expect(await house.files.readText('epoch-1/checkpoint')).toBe(published);
    await house.record(...notes(10));
    await house.publish();
    const verdict = await house.verify();
    expect(verdict).toMatchObject({ ok: true, lost: [{ epoch: 1, from: 302, to: 501 }] });
    expect(verdict.lost?.[0]?.words).toContain('records 302 to 501 of epoch 1 (gatehouse/acme.example)');
    const verifier = await house.signer();
    expect(verifier.name).toBe('gatehouse/acme.example/2');
    const source = createDatabaseLog((await house.journal()).database);
    for (const position of [5, 305]) {
      const proof = await prove(at(position), { source, files: house.files, verifier });
      expect(proof.ok && verifyProofFile(proof.value, verifier)).toMatchObject({ ok: true, value: { position } });
    }
  });

  test('hides no change of a record from before it', async () => {
    await house.backup();
    await house.record(...notes(200));
    await house.publish();
    await house.close();
    await restoreBackup(options({ replace: true }));
    await setAside();
    await house.close();
    await using database = await openDatabase(house.place.database);
    await database.write(async (writing) => {
      await writing.run(definition('update entry set at = at + 1 where position = 7'), {});
    });
    expect(await house.verify()).toMatchObject({ ok: false, firstBad: { position: 7 } });
  });

  test('counts epochs on from the highest known one, whichever backup is gone back to', async () => {
    const first = await house.backup();
    await loseEverything();
    await restoreBackup(options());
    await setAside();
    await house.publish();
    await house.backup();
    await loseEverything();
    const again = await restoreBackup(options({ time: first.time }));
    expect(again).toMatchObject({ ok: true, value: { size: 301, epoch: 3 } });
    await setAside();
    await house.publish();
    expect((await house.signer()).name).toBe('gatehouse/acme.example/3');
    expect(await house.verify()).toMatchObject({ ok: true });
  });

  test('with newer keys leaves erased what was erased after the records were copied', async () => {
    const first = await house.backup();
    await house.close();
    {
      const keys = await openDatabase(house.place.keysDatabase);
      await using ring = await openKeyRing(keys, MASTER_KEY, false);
      await ring.eraseEntryKeys([at(17)]);
    }
    await house.record();
    await house.backup();
    await loseEverything();
    const restored = await restoreBackup(options({ time: first.time }));
    expect(restored).toMatchObject({ ok: true, value: { size: 301, erased: 1 } });
    const journal = await house.journal();
    await expect(journal.read(at(17))).resolves.toMatchObject({ erased: true });
    await expect(journal.read(at(18))).resolves.toMatchObject({ kind: 'system.stopped' });
    expect(await house.verify()).toMatchObject({ ok: true, erased: 1 });
  });

  test('whichever keys came back, what the record says was erased is: neither read nor found', async () => {
    await house.record(erasedDraft([[3, 4]]));
    await house.backup();
    await loseEverything();
    const erased: RestoreOptions['erased'] = (journal) =>
      journal.database.read((reading) => positionsErased(reading, journal.keys));
    expect(await restoreBackup(options({ erased }))).toMatchObject({ ok: true, value: { erased: 2 } });
    const journal = await house.journal();
    expect(await journal.readMany([at(3), at(4), at(5)])).toMatchObject([{ erased: true }, { erased: true }, {}]);
    expect(await house.verify()).toMatchObject({ ok: true, erased: 2, gaps: { begun: 2, unexplained: 0 } });
  });

  test('erases again what the record itself says was erased', async () => {
    await house.backup();
    await loseEverything();
    const restored = await restoreBackup(options({ erased: () => Promise.resolve([at(3), at(4)]) }));
    expect(restored).toMatchObject({ ok: true, value: { erased: 2 } });
    await expect((await house.journal()).read(at(3))).resolves.toMatchObject({ erased: true });
  });

  test('gives no entry the key that a lost one had', async () => {
    await house.backup();
    await house.close();
    const before = await keyOf(302);
    await house.record();
    await house.close();
    await rm(house.data, { recursive: true });
    await mkdir(house.data);
    await restoreBackup(options());
    expect(await keyOf(302)).not.toEqual(before);
  });
});

async function keyOf(position: number): Promise<Uint8Array | undefined> {
  await using ring = await openKeyRing(await openDatabase(house.place.keysDatabase), MASTER_KEY, false);
  return await ring.entryKey(at(position));
}

describe('a restore is refused, and nothing is touched', () => {
  test('where a record is already', async () => {
    await house.backup();
    await house.close();
    const before = await readdir(house.data);
    expect(words(await restoreBackup(options()))).toContain('With --replace it is moved aside');
    expect(await readdir(house.data)).toEqual(before);
  });

  test('with another master key', async () => {
    await house.backup();
    await loseEverything();
    const told = words(await restoreBackup(options({ masterKey: new Uint8Array(32).fill(8) })));
    expect(told).toContain('this master key does not open the keys');
    expect(await isEmpty()).toBe(true);
  });

  test('for another domain', async () => {
    await house.backup();
    await loseEverything();
    const told = words(await restoreBackup(options({ domain: 'other.example' })));
    expect(told).toContain('is a backup of acme.example, and this config is for other.example');
    expect(await isEmpty()).toBe(true);
  });

  test.each([
    ['journal', 'gatehouse.db', 'is not what was backed up'],
    ['journal', 'log/tile/0/000', 'is not what was backed up'],
    ['journal', 'files', 'was changed after the backup was made'],
    ['journal', 'manifest', 'was changed, or is of another installation'],
    ['journal', 'blobs', 'was changed'],
    ['keys', 'manifest', 'was changed, or is of another installation'],
    ['keys', 'keys.db', ''],
  ])('when a byte of %s/%s was changed', async (part, name, why) => {
    await using writer = await house.blobs.begin();
    await writer.write(Buffer.from('a picture'));
    await writer.finish();
    const { time } = await house.backup();
    const file = join(house.to, part, time, name);
    const bytes = await readFile(file);
    const middle = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    await rm(file);
    await writeFile(file, bytes);
    await loseEverything();
    const restored = await restoreBackup(options());
    expect(restored.ok).toBe(false);
    expect(words(restored)).toContain(why);
    expect(await isEmpty()).toBe(true);
  });

  test('when an attachment is missing from the backup', async () => {
    await using writer = await house.blobs.begin();
    await writer.write(Buffer.from('a picture'));
    const { blob } = await writer.finish();
    await house.backup();
    await rm(join(house.to, 'blobs', blob.slice(0, 2), blob));
    await loseEverything();
    expect(words(await restoreBackup(options()))).toContain('is missing or was changed');
    expect(await isEmpty()).toBe(true);
  });

  test('when the newest keys are older than the records', async () => {
    const old = await house.backup();
    await house.record();
    const { time } = await house.backup();
    await rm(join(house.to, 'keys', time), { recursive: true });
    await loseEverything();
    expect(words(await restoreBackup(options()))).toContain('its last records would not open');
    expect(await restoreBackup(options({ time: old.time }))).toMatchObject({ ok: true, value: { size: 301 } });
  });

  test('when there is no such backup, or none at all', async () => {
    const { time } = await house.backup();
    await loseEverything();
    expect(words(await restoreBackup(options({ time: '2001-01-01T00-00-00.000Z' })))).toContain(time);
    await rename(join(house.to, 'journal', time), join(house.to, 'journal', `${time}.part`));
    expect(words(await restoreBackup(options()))).toContain('there is no whole backup');
    expect(await isEmpty()).toBe(true);
  });
});

describe('killed in the middle', () => {
  test('of the copying, the data folder is no record, and the next try works', async () => {
    await house.backup();
    await loseEverything();
    await mkdir(join(house.data, 'restoring'));
    await writeFile(join(house.data, 'restoring', 'gatehouse.db'), 'half a database');
    expect(await placeRestored(house.data)).toBeUndefined();
    expect(await restoreBackup(options())).toMatchObject({ ok: true, value: { size: 301 } });
  });

  test.each([1, 2, 3, 4, 5, 6])('of the placing, after %i renames, the next call ends it', async (renames) => {
    await house.backup();
    await house.record(...notes(5));
    await house.close();
    const fresh = join(house.dir, 'fresh');
    await mkdir(fresh);
    await restoreBackup(options({ to: fresh }));
    const restoring = join(house.data, 'restoring');
    await mkdir(restoring);
    for (const name of ['gatehouse.db', 'keys.db', 'blobs', 'log']) {
      await cp(join(fresh, name), join(restoring, name), { recursive: true });
    }
    await declareReady(house.data, 'before');
    await killedAfter(renames, house.data);
    await expect(placeRestored(house.data)).resolves.toEqual({ aside: join(house.data, 'before') });
    await expect(access(restoring)).rejects.toThrow('ENOENT');
    expect((await (await house.journal()).reader.stats()).size).toBe(302);
    expect(await readdir(join(house.data, 'before'))).toEqual(
      expect.arrayContaining(['gatehouse.db', 'keys.db', 'log']),
    );
  });
});

/** Lets a process of its own place what is ready, and kills it after so many renames. */
async function killedAfter(renames: number, data: string): Promise<void> {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { rename } = fs.promises;
    let left = ${String(renames)};
    fs.promises.rename = async (...given) => {
      await rename(...given);
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
    };
    syncBuiltinESMExports();
    const { placeRestored } = await import(${JSON.stringify(new URL('../../../src/journal/backup/place-restored.ts', import.meta.url).href)});
    await placeRestored(${JSON.stringify(data)});
  `;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script],
    {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: 'ignore',
    },
  );
  const signal = await new Promise((resolve) => {
    child.once('exit', (_code, by) => {
      resolve(by);
    });
  });
  expect(signal).toBe('SIGKILL');
}
