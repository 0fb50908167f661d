/** `npm run crash -- --rounds N --seed S` plays the same longer, or again. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openCrashRun, type CrashRun } from './drive.ts';
import { problems, totals } from './judge.ts';

const KILLS = 50;
const BURSTS = 3;
const seed = randomInt(2 ** 31);
const say = (line: string): void => {
  process.stderr.write(`crash, seed ${seed}: ${line}\n`);
};
let dir: string;
let run: CrashRun;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-crash-'));
  run = await openCrashRun({ dir, seed });
}, 300_000);

afterAll(async () => {
  await run[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
}, 60_000);

test(`${KILLS} kills at random moments of a steady traffic lose nothing, reorder nothing, repeat nothing unmarked`, async () => {
  await run.steady(KILLS, { texts: 1.5, answers: 4 });
  const verdict = await run.settled();
  say(totals(verdict));
  expect(problems(verdict)).toEqual([]);
  expect(verdict.kills).toBe(KILLS);
  expect(verdict.texted).toBeGreaterThan(KILLS);
  expect(verdict.said).toBeGreaterThan(KILLS / 2);
}, 900_000);

test(`${BURSTS} kills with 60 texts arriving and 20 answers waiting lose, reorder and repeat no more`, async () => {
  await run.bursts(BURSTS, { texts: 60, answers: 20 });
  const verdict = await run.settled();
  say(totals(verdict));
  expect(problems(verdict)).toEqual([]);
}, 300_000);

test('what is left on record after all this is whole', async () => {
  expect(await run.house.command('verify')).toMatch(/unbroken/u);
}, 60_000);
