import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parsePosition, taskIdFor, type TaskId } from '../../../src/core/ids.ts';
import { SeededRandom } from '../../crash/seeded-random.ts';
import { StormyHouse } from './kill-storm.ts';

const KILLS = 200;
const HOUR_MS = 3_600_000;
const poison = taskIdFor(must(parsePosition(40)), 'send');

describe('a process that is killed from outside 200 times amid steady traffic', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'gatehouse-storm-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function house(random: SeededRandom, turnMs: (task: TaskId) => number | 'poison'): StormyHouse {
    return new StormyHouse({ file: join(dir, 'turns'), random: () => random.next(), perSecond: 3, turnMs });
  }

  test.each([
    ['within a second of each start', usualTurnMs, (random: SeededRandom) => random.between(50, 800)],
    ['every 8 s or so', usualTurnMs, (random: SeededRandom) => exponential(random, 8_000)],
    [
      'every 20 s or so, when chance has it easiest',
      usualTurnMs,
      (random: SeededRandom) => exponential(random, 20_000),
    ],
    ['half a minute after each start', usualTurnMs, () => 30_000],
    ['every 8 s or so while turns take three', slowTurnMs, (random: SeededRandom) => exponential(random, 8_000)],
    ['amid first trials of three seconds', slowTurnMs, (random: SeededRandom) => random.between(5_000, 10_500)],
  ])('%s: no task is set aside, and all are done', async (_when, turnMs, lifeMs) => {
    const random = new SeededRandom(1);
    const storm = house(random, () => turnMs(random));
    for (let kill = 1; kill <= KILLS; kill += 1) expect(await storm.live(lifeMs(random))).toBe(false);
    expect(await storm.live()).toBe(false);
    expect(storm.setAside).toEqual([]);
    expect([storm.waiting, storm.done]).toEqual([0, storm.arrived]);
  });

  test('a task that ends the process at once is set aside after five deaths, and everything else is done', async () => {
    const random = new SeededRandom(3);
    const storm = house(random, (task) => (task === poison ? 'poison' : usualTurnMs(random)));
    let deaths = 0;
    while (await storm.live(HOUR_MS)) deaths += 1;
    expect(deaths).toBe(5);
    await storm.live();
    expect(storm.setAside).toEqual([poison]);
    expect([storm.waiting, storm.done]).toEqual([0, storm.arrived - 1]);
  });

  test('such a task is found even though the process is killed from outside as well, and no other is', async () => {
    const random = new SeededRandom(4);
    const storm = house(random, (task) => (task === poison ? 'poison' : usualTurnMs(random)));
    let deaths = 0;
    for (let life = 0; life < KILLS; life += 1) if (await storm.live(exponential(random, 60_000))) deaths += 1;
    await storm.live();
    expect(storm.setAside).toEqual([poison]);
    expect(deaths).toBeLessThanOrEqual(20);
    expect([storm.waiting, storm.done]).toEqual([0, storm.arrived - 1]);
  });
});

/** Most take a moment, some a second, a few wait for a peer. */
function usualTurnMs(random: SeededRandom): number {
  const share = random.next();
  if (share < 0.85) return random.between(20, 150);
  return share < 0.97 ? random.between(150, 1_000) : random.between(1_000, 8_000);
}

function slowTurnMs(random: SeededRandom): number {
  return exponential(random, 3_000);
}

function exponential(random: SeededRandom, meanMs: number): number {
  return -Math.log(1 - random.next()) * meanMs;
}
