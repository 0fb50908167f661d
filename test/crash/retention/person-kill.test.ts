/** `ROUNDS=20 SEED=7` in the environment plays more of it, or the same again. */
import { randomInt } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { placeIn } from '../rooms/kept-world.ts';
import { SeededRandom } from '../seeded-random.ts';
import { killedAfter, killedOnce } from './killed-after.ts';
import { asked, live } from './record.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));
const KILLS = 2;
jest.setTimeout(120_000 + ROUNDS * 60_000);

const random = new SeededRandom(SEED);

async function lived(dir: string) {
  const began = performance.now();
  const house = await live(placeIn(dir), () => undefined);
  const certificates = (await house.of('retention.certificate')).map(({ body }) => body.gone);
  const outcomes = (await house.of('dsar.erased')).map(({ body }) => body.counts);
  const looks = (await house.of('dsar.looked')).length;
  const erased = await house.erased();
  await house.stop();
  return { tookMs: performance.now() - began, seen: { certificates, outcomes, looks, erased } };
}

test('a person’s erasure that is killed at any moment goes on, with one certificate and the same outcome for each record', async () => {
  process.stderr.write(`crash of a person's erasure, seed ${String(SEED)}, ${String(ROUNDS)} rounds\n`);
  const all = await mkdtemp(join(tmpdir(), 'gatehouse-person-'));
  const start = await mkdtemp(join(all, 'start-'));
  await asked(placeIn(start));
  const folder = async (): Promise<string> => {
    const dir = await mkdtemp(join(all, 'run-'));
    await cp(start, dir, { recursive: true });
    return dir;
  };
  const { tookMs, seen: calm } = await lived(await folder());
  expect(calm).toMatchObject({ certificates: [expect.anything()], outcomes: [expect.anything()], looks: 1 });
  expect(calm.erased.length).toBeGreaterThan(100);
  let kills = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const dir = await killedOnce(folder, random.between(0, Math.ceil(tookMs)));
    kills += 1;
    for (let n = 1; n < KILLS; n += 1) if (await killedAfter(dir, random.between(0, Math.ceil(tookMs)))) kills += 1;
    const { seen } = await lived(dir);
    expect({ round, ...seen }).toEqual({ round, ...calm });
    await rm(dir, { recursive: true });
  }
  process.stderr.write(`killed ${String(kills)} times in an erasure of ${String(Math.round(tookMs))} ms\n`);
  await rm(all, { recursive: true });
});
