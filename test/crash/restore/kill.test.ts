import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { openRecords } from '../../../src/app/offline-records.ts';
import { restoreIn } from '../../../src/app/restore.ts';
import { writerParts } from '../../../src/app/writer-parts.ts';
import type { Program } from '../../../src/cli/deps.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { gatehouse, type Ran } from '../../support/cli.ts';
import { CONFIG, newInstallation, type Installation } from '../../support/installation.ts';
import { KeptLog } from '../../support/quiet.ts';
import { exitOf } from '../exit-of.ts';
import { stepsToKill } from '../steps-to-kill.ts';

// A guard against hanging: each file operation of a restore is a process that is killed after it.
jest.setTimeout(600_000);

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const killer = new URL('./killed-at.ts', import.meta.url).href;
const UNFINISHED = 'A restore was begun in this data folder and did not end';
/** Processes at the same time. */
const AT_ONCE = 2;

let place: Installation;
beforeAll(async () => {
  place = newInstallation();
  await run(place.cwd, 'journal', 'stats');
  await run(place.cwd, 'backup', 'safe');
});
afterAll(() => {
  place[Symbol.dispose]();
});

/** The commands as the program runs them while none runs. */
const program: Partial<Program> = {
  openRecords: (config) => {
    const parts = writerParts(config.homeserver.domain);
    return openRecords({ config, pid: 4711, version: '9.9.9', clock: systemClock, log: new KeptLog(), parts });
  },
  restore: (config, asked) =>
    restoreIn({ config, pid: 4711, clock: systemClock, parts: writerParts(config.homeserver.domain) }, asked),
};

function run(cwd: string, ...argv: readonly string[]): Promise<Ran> {
  return gatehouse(argv, { cwd, program });
}

/** How many records there are, and how `verify` ends. */
async function standing(cwd: string) {
  const verified = await run(cwd, 'verify');
  const ran = await run(cwd, 'journal', 'stats', '--json');
  const { size } = z.object({ size: z.number() }).parse(JSON.parse(ran.said[0] ?? ''));
  return { size, verified: verified.code };
}

/** `gatehouse restore` as a process of its own. */
async function restoreProcess(cwd: string, more: readonly string[], killAt?: number) {
  const flags = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060', '--import', killer];
  const args = [...flags, main, 'restore', join(place.cwd, 'safe'), '--config', CONFIG, ...more];
  const at = killAt === undefined ? {} : { KILL_AT: String(killAt) };
  const env = { ...process.env, NODE_OPTIONS: '', ...at };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, { code, signal }] = await Promise.all([text(child.stderr), exitOf(child)]);
  return { code, signal, steps: Number(/steps (?<steps>\d+)/u.exec(said)?.groups?.['steps'] ?? 0) };
}

/** The data folder is gone, or an older record lies in it. */
async function folderWith(kind: 'nothing' | 'another record', name: string): Promise<string> {
  const cwd = join(place.cwd, name);
  for (const part of ['config', 'secrets', ...(kind === 'nothing' ? [] : ['data'])]) {
    await cp(join(place.cwd, part), join(cwd, part), { recursive: true });
  }
  return cwd;
}

describe.each([
  ['nothing', [], 3],
  ['another record', ['--replace'], 6],
] as const)('a restore over %s that is killed after its file operations', (kind, more, every) => {
  test('leaves what was there, or says that it did not end; and the next one brings all of it back', async () => {
    const calm = await folderWith(kind, `calm-${kind}`);
    const { code, steps } = await restoreProcess(calm, more);
    expect(code).toBe(0);
    const whole = await standing(calm);
    expect(whole.verified).toBe(0);
    expect(steps).toBeGreaterThan(20);
    const left = stepsToKill(steps, { every, from: 0 }).values();
    const kill = async (): Promise<void> => {
      for (const killAt of left) {
        const cwd = await folderWith(kind, `killed-${String(killAt)}`);
        expect(await restoreProcess(cwd, more, killAt)).toMatchObject({ signal: 'SIGKILL' });
        const seen = await judged(cwd, kind, more);
        expect({ killAt, ...seen }).toEqual({ killAt, told: true, ...whole });
        await rm(cwd, { recursive: true });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, kill));
  });
});

async function judged(cwd: string, kind: 'nothing' | 'another record', more: readonly string[]) {
  const data = join(cwd, 'data');
  const unfinished = existsSync(join(data, 'restoring'));
  const ran = unfinished ? await run(cwd, 'journal', 'stats') : undefined;
  const told = ran === undefined || (ran.code === 1 && ran.complained.join().includes(UNFINISHED));
  // With no restore left to end it is the record that was there, none at all, or all that was to come back.
  const done = !unfinished && existsSync(join(data, 'gatehouse.db')) && kind === 'nothing';
  if (!done) expect((await run(cwd, 'restore', join(place.cwd, 'safe'), ...more)).complained).toEqual([]);
  return { told, ...(await standing(cwd)) };
}
