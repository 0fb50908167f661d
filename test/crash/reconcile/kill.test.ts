import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { lastReport } from '../../../src/bridge/reconcile/report-store.ts';
import type { House } from '../../integration/bridge/reconcile/compared.ts';
import { exitOf } from '../exit-of.ts';
import { stepsToKill } from '../steps-to-kill.ts';
import { placeIn } from '../rooms/kept-world.ts';
import { begun, MISSING, reportsIn, ROOMS, runOnce } from './run.ts';

// A guard against hanging: each step is a process that is killed, and another life after it.
jest.setTimeout(300_000);

const oneLife = fileURLToPath(new URL('./one-life.ts', import.meta.url));
/** Rooms that are noted together (src/bridge/reconcile/run-notes.ts). */
const NOTED_AT_ONCE = 20;
/** Processes at the same time. */
const AT_ONCE = 2;

async function bodyOf({ test: { views, journal } }: House): Promise<unknown> {
  const last = await views.read((reading) => lastReport(reading));
  const entry = last === undefined ? undefined : await journal.read(last.position);
  return entry === undefined || 'erased' in entry ? undefined : entry.body;
}

/** What the first life asked about before it was killed, and what stands after the second. */
async function killedAt(dir: string, last: number) {
  const args = ['--disable-warning=ExperimentalWarning', oneLife, dir, String(last)];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, { signal }] = await Promise.all([text(child.stdout), exitOf(child)]);
  expect(signal).toBe('SIGKILL');
  return { before: said.split('\n').length - 1, ...(await lived(dir)) };
}

async function lived(dir: string) {
  let steps = 0;
  let asked = 0;
  const house = await runOnce({
    place: placeIn(dir),
    step: (where) => {
      steps += 1;
      if (where !== undefined) asked += 1;
    },
  });
  const seen = { steps, asked, body: await bodyOf(house), reports: await reportsIn(house) };
  await house.test.close();
  return seen;
}

test('a reconciliation that is killed at a request or a commit goes on where it was, and makes one report', async () => {
  const all = await mkdtemp(join(tmpdir(), 'gatehouse-reconcile-'));
  const start = await mkdtemp(join(all, 'start-'));
  await (await begun(placeIn(start))).test.close();
  const folder = async (): Promise<string> => {
    const dir = await mkdtemp(join(all, 'run-'));
    await cp(start, dir, { recursive: true });
    return dir;
  };
  const calm = await lived(await folder());
  expect(calm).toMatchObject({ asked: ROOMS, reports: 1, body: { homeserver: { fetched: MISSING, missing: 0 } } });
  const left = stepsToKill(calm.steps, { every: 4, from: 0 }).values();
  const kill = async (): Promise<void> => {
    for (const last of left) {
      const { before, asked, body, reports } = await killedAt(await folder(), last);
      expect({ last, reports, body }).toEqual({ last, reports: 1, body: calm.body });
      // At most the rooms since the last note are asked about again.
      expect(before + asked).toBeLessThanOrEqual(ROOMS + NOTED_AT_ONCE);
      expect(asked).toBeLessThanOrEqual(before > NOTED_AT_ONCE ? ROOMS - NOTED_AT_ONCE : ROOMS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, kill));
  await rm(all, { recursive: true });
});
