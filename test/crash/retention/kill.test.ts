/** `ROUNDS=50 SEED=7` in the environment plays more of it, or the same again. */
import { randomInt } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { placeIn } from '../rooms/kept-world.ts';
import { SeededRandom } from '../seeded-random.ts';
import { killedAfter, killedOnce } from './killed-after.ts';
import { live, recorded } from './record.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 4);
const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));
/** Kills in one round, at most. */
const MOST_KILLS = 3;
jest.setTimeout(120_000 + ROUNDS * 60_000);

const random = new SeededRandom(SEED);

async function lived(dir: string) {
  let began = 0;
  const house = await live(placeIn(dir), () => {
    began = performance.now();
  });
  const tookMs = performance.now() - began;
  const certificates = (await house.of('retention.certificate')).map(({ body }) => {
    const { gone, stays, stores, before } = body;
    // What is sealed anew in each life has another root.
    return { gone, stays, stores, size: before.size };
  });
  const erased = await house.erased();
  await house.stop();
  return { tookMs, seen: { certificates, erased } };
}

test('a run that is killed at any moment goes on, and ends with the one certificate of an undisturbed one', async () => {
  process.stderr.write(`crash of retention, seed ${String(SEED)}, ${String(ROUNDS)} rounds\n`);
  const all = await mkdtemp(join(tmpdir(), 'gatehouse-retention-'));
  const start = await mkdtemp(join(all, 'start-'));
  await recorded(placeIn(start));
  const folder = async (): Promise<string> => {
    const dir = await mkdtemp(join(all, 'run-'));
    await cp(start, dir, { recursive: true });
    return dir;
  };
  const { tookMs, seen: calm } = await lived(await folder());
  expect(calm.certificates).toHaveLength(1);
  expect(calm.erased.length).toBeGreaterThan(1_500);
  let kills = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const dir = await killedOnce(folder, random.between(0, Math.ceil(tookMs)));
    kills += 1;
    const more = Math.round(random.between(1, MOST_KILLS)) - 1;
    for (let n = 0; n < more; n += 1) if (await killedAfter(dir, random.between(0, Math.ceil(tookMs)))) kills += 1;
    const { seen } = await lived(dir);
    expect({ round, ...seen }).toEqual({ round, ...calm });
    await rm(dir, { recursive: true });
  }
  process.stderr.write(`killed ${String(kills)} times in a run of ${String(Math.round(tookMs))} ms\n`);
  await rm(all, { recursive: true });
});
