/** `npm run crash -- --only NAME --seed S` plays the long form of one. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openCrashRun, type CrashRun } from '../drive.ts';
import { judge, problems, totals } from '../judge/judge.ts';
import { play, scenarios } from './scenarios.ts';

const seed = randomInt(2 ** 31);
const say = (line: string): void => {
  process.stderr.write(`faults, seed ${seed}: ${line}\n`);
};
let dir: string;
let run: CrashRun;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-faults-'));
  run = await openCrashRun({ dir, seed });
}, 300_000);

afterAll(async () => {
  await run[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
}, 60_000);

test.each(scenarios.map((scenario) => [scenario.shows, scenario] as const))(
  '%s',
  async (_shows, scenario) => {
    const { verdict, evidence } = await play(scenario, run, 'short');
    const part = judge(evidence, scenario.name);
    say(`${scenario.name}: ${totals(part)}`);
    expect(problems(verdict)).toEqual([]);
    expect(part.texted + part.said + part.chatted).toBeGreaterThan(20);
  },
  400_000,
);

test('what is left on record after all this is whole', async () => {
  expect(await run.house.command('verify')).toMatch(/unbroken/u);
}, 60_000);
