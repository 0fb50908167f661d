/** One crash run for all tests of a file, in a folder of its own: opened before the first, closed and removed after the last. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { openCrashRun, type CrashRun } from './drive.ts';

export interface RunForTests {
  /** Of the test that runs now. */
  readonly current: () => CrashRun;
  /** Tells a person who watches, with the seed that plays the same again. */
  readonly say: (line: string) => void;
}

export function runForTests(name: string, seed: number = randomInt(2 ** 31)): RunForTests {
  let opened: { readonly dir: string; readonly run: CrashRun } | undefined;

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), `gatehouse-${name}-`));
    opened = { dir, run: await openCrashRun({ dir, seed }) };
  }, 300_000);

  afterAll(async () => {
    if (opened === undefined) return;
    await opened.run[Symbol.asyncDispose]();
    await rm(opened.dir, { recursive: true });
  }, 60_000);

  return {
    current: () => {
      if (opened === undefined) throw new Error('the crash run is not open');
      return opened.run;
    },
    say: (line) => {
      process.stderr.write(`${name}, seed ${String(seed)}: ${line}\n`);
    },
  };
}
