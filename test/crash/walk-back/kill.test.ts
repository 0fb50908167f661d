import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { exitOf } from '../exit-of.ts';
import { placeIn } from '../rooms/kept-world.ts';
import { WITHIN, walkOnce } from './walk.ts';

// A guard against hanging: each request is a process that is killed, and another life after it.
jest.setTimeout(120_000);

const oneLife = fileURLToPath(new URL('./one-life.ts', import.meta.url));

/** What is on record of the time before, oldest room first, and how often the homeserver was asked for it. */
async function lived(dir: string) {
  let asked = 0;
  const house = await walkOnce(placeIn(dir), () => {
    asked += 1;
  });
  const entries = (await house.entries('matrix.event')).filter((entry) => entry.source.late?.by === 'walk-back');
  const ids = entries.map((entry) => `${entry.body.room_id} ${entry.body.event_id}`).toSorted();
  const gaps = (await house.entries('gap.found')).length;
  await house.test.close();
  return { asked, ids, gaps };
}

test('a walk into the time before, killed at any request, goes on where it was, with no event twice', async () => {
  const all = await mkdtemp(join(tmpdir(), 'gatehouse-walk-back-'));
  const folder = (): Promise<string> => mkdtemp(join(all, 'walk-'));
  const calm = await lived(await folder());
  expect([calm.ids.length, new Set(calm.ids).size, calm.gaps]).toEqual([2 * WITHIN, 2 * WITHIN, 0]);
  for (let last = 1; last <= calm.asked; last += 1) {
    const dir = await folder();
    const args = ['--disable-warning=ExperimentalWarning', oneLife, dir, String(last)];
    const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'ignore' });
    expect(await exitOf(child)).toMatchObject({ signal: 'SIGKILL' });
    const { asked, ids, gaps } = await lived(dir);
    expect({ last, ids, gaps }).toEqual({ last, ids: calm.ids, gaps: 0 });
    // What was asked before the kill is not asked again: only which rooms there are, and the page that it was about.
    expect(last - 1 + asked).toBeLessThanOrEqual(calm.asked + 1);
  }
  await rm(all, { recursive: true });
});
