/** `npm run crash -- --rounds N [--seed S]`: kills Gatehouse N times in steady traffic, and N/20 times in bursts of 60 texts and 20 answers. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCrashRun } from './drive.ts';
import type { Deed } from './history.ts';
import { isGood, problems, totals, type Verdict } from './judge.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    /** Leaves the folder with history, logs and databases behind. */
    keep: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const dir = await mkdtemp(join(tmpdir(), 'gatehouse-crash-'));
say(`seed ${values.seed}${values.keep ? `, in ${dir}` : ''}`);
const progress = process.stdout.isTTY ? say : undefined;

function tell(name: string, verdict: Verdict): void {
  for (const problem of problems(verdict)) say(problem);
  say(`${name}: ${totals(verdict)}`);
}

function startTimes(deeds: readonly Deed[]): string {
  const times = deeds.flatMap((one) => (one.what === 'ready' ? one.afterMs : [])).sort((a, b) => a - b);
  return `ready after ${times[Math.floor(times.length / 2)] ?? 0} ms in the middle, ${times.at(-1) ?? 0} ms at most`;
}

const { steady, all } = await play();
if (!values.keep) await rm(dir, { recursive: true });
process.exitCode = isGood(steady) && isGood(all) ? 0 : 1;

async function play(): Promise<{ steady: Verdict; all: Verdict }> {
  const seed = Number(values.seed);
  await using run = await openCrashRun({ dir, seed, ...(progress === undefined ? {} : { say: progress }) });
  await run.steady(rounds, { texts: 1.5, answers: 4 });
  const steady = await run.settled();
  tell('steady', steady);
  await run.bursts(Math.ceil(rounds / 20), { texts: 60, answers: 20 });
  const all = await run.settled();
  tell('with bursts', all);
  say(startTimes(run.history.all()));
  say((await run.house.command('verify')).trim());
  return { steady, all };
}
