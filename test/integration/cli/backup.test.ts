import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { z } from 'zod';
import { writerParts } from '../../../src/app/writer-parts.ts';
import { openRecords } from '../../../src/app/offline-records.ts';
import { writeAhead } from '../../../src/app/known-elsewhere.ts';
import { restoreIn } from '../../../src/app/restore.ts';
import type { Program } from '../../../src/cli/deps.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { gatehouse, type Ran } from '../../support/cli.ts';
import { newInstallation, type Installation } from '../../support/installation.ts';
import { KeptLog } from '../../support/quiet.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
jest.setTimeout(120_000);

let place: Installation;
beforeEach(() => {
  place = newInstallation();
});
afterEach(() => {
  place[Symbol.dispose]();
});

const pid = 4711;
const clock = systemClock;

/** The commands as the program runs them while none runs. */
const program: Partial<Program> = {
  openRecords: (config) => {
    const parts = writerParts(config.homeserver.domain);
    return openRecords({ config, pid, version: '9.9.9', clock, log: new KeptLog(), parts });
  },
  restore: (config, asked) => restoreIn({ config, pid, clock, parts: writerParts(config.homeserver.domain) }, asked),
};

function run(...argv: readonly string[]): Promise<Ran> {
  return gatehouse(argv, { cwd: place.cwd, program });
}

async function size(): Promise<number> {
  const ran = await run('journal', 'stats', '--json');
  return z.object({ size: z.number() }).parse(JSON.parse(ran.said[0] ?? '')).size;
}

const data = (): string => join(place.cwd, 'data');

describe('gatehouse backup and restore', () => {
  test('bring a record back, step by step in words', async () => {
    expect(await size()).toBe(1);
    const made = await run('backup', 'safe');
    expect([made.code, made.complained]).toEqual([0, []]);
    expect(made.said[0]).toMatch(/^✓ Backed up 2 records to .*\/safe\/journal\/\d{4}-/u);
    expect(made.said.join('\n')).toContain('the master key is in no backup');
    const refused = await run('restore', 'safe');
    expect(refused.code).toBe(1);
    expect(refused.complained[0]).toContain('holds a record already');
    await rm(data(), { recursive: true });
    const restored = await run('restore', 'safe');
    expect([restored.code, restored.complained]).toEqual([0, []]);
    expect(restored.said[0]).toContain('✓ Restored 2 records and 0 attachments');
    expect(restored.said.join('\n')).toContain('goes on in epoch 2');
    expect(await size()).toBe(4);
    const verified = await run('verify', '--json');
    expect(JSON.parse(verified.said[0] ?? '')).toMatchObject({ ok: true, firstBad: null });
  });

  test('put the act and what was made on record', async () => {
    await run('backup', 'safe');
    const tail = await run('journal', 'tail', '--json', '--last', '5');
    expect(tail.said.map((line) => z.object({ kind: z.string() }).parse(JSON.parse(line)).kind)).toContain(
      'backup.made',
    );
  });

  test('with --json print one object', async () => {
    const made = await run('backup', 'safe', '--json');
    expect(made.said.map((line): unknown => JSON.parse(line))).toMatchObject([{ size: 1, damaged: [], newBlobs: 0 }]);
    const restored = await run('restore', 'safe', '--replace', '--json');
    expect(restored.said.map((line): unknown => JSON.parse(line))).toMatchObject([
      { did: 'restored', size: 1, epoch: 2 },
    ]);
    expect((await readdir(data())).some((name) => name.startsWith('before-restore-'))).toBe(true);
  });

  test('refuse a folder inside the data folder', async () => {
    const ran = await run('backup', 'data/backup');
    expect(ran.code).toBe(1);
    expect(ran.complained[0]).toContain('is inside the data folder');
  });

  test.each([[['restore']], [['restore', 'safe', '--here']], [['restore', '--here', '--confirm', 'x']], [['backup']]])(
    'say what is wrong with %j',
    async (argv) => {
      expect((await run(...argv)).code).toBe(2);
    },
  );

  test('stop everything else while a restore has not ended', async () => {
    await mkdir(join(data(), 'restoring'), { recursive: true });
    const ran = await run('journal', 'stats');
    expect(ran.code).toBe(1);
    expect(ran.complained[0]).toContain('A restore was begun in this data folder and did not end');
  });
});

describe('gatehouse restore --here', () => {
  test('does nothing where nothing is known to have gone further', async () => {
    await size();
    const ran = await run('restore', '--here');
    expect(ran.code).toBe(1);
    expect(ran.complained[0]).toContain('there is no reason for a new epoch');
  });

  test('says first what it gives up, and goes on only with the number of records', async () => {
    await size();
    await writeAhead(data(), { origin: 'gatehouse/acme.example', size: 900, root: '', where: 'the desk' });
    const told = await run('restore', '--here');
    expect(told.code).toBe(1);
    expect(told.said.join('\n')).toContain('gives up records 2 to 900 for good');
    expect((await run('restore', '--here', '--confirm', '7')).code).toBe(1);
    const done = await run('restore', '--here', '--confirm', '1');
    expect([done.code, done.said[0]]).toEqual([0, expect.stringContaining('in epoch 2')]);
    expect((await run('restore', '--here')).complained[0]).toContain('no reason');
    const verified = await run('verify', '--json');
    expect(JSON.parse(verified.said[0] ?? '')).toMatchObject({ ok: true, lost: [{ epoch: 1, from: 2, to: 900 }] });
  });
});
