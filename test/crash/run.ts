/**
 * `npm run crash -- --rounds N [--seed S]`: kills Gatehouse N times in steady traffic, and N/20 times with 200 texts
 * arriving and 80 answers waiting. `--only NAME,…` plays those faults of `faults/` in their long form instead;
 * `networks` among them kills it N times in the traffic of every other network (`networks/`).
 * The last line is the total; exit code 0 only when nothing is lost, reordered or repeated unmarked.
 */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCrashRun, type CrashRun } from './drive.ts';
import { playAll, scenarioNames } from './faults/scenarios.ts';
import type { Line } from './history.ts';
import { isGood, judge, problems, totals } from './judge/judge.ts';
import type { Settled } from './observer.ts';
import { playNetworks } from './networks/long.ts';
import { bursts, steady } from './rounds.ts';

const NETWORKS = 'networks';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    only: { type: 'string' },
    /** Leaves the folder with history, logs and databases behind. */
    keep: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const only = values.only?.split(',');
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const known = [...scenarioNames, NETWORKS];
const unknown = only?.find((name) => !known.includes(name));
if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  const wrong = unknown === undefined ? '--rounds and --seed are whole numbers' : `there is no fault “${unknown}”`;
  process.stderr.write(`crash: ${wrong}. Faults: ${known.join(', ')}\n`);
  process.exit(2);
}
const dir = await mkdtemp(join(tmpdir(), 'gatehouse-crash-'));
say(`seed ${values.seed}${values.keep ? `, in ${dir}` : ''}`);
const good = await play();
if (!values.keep) await rm(dir, { recursive: true });
process.exitCode = good ? 0 : 1;

async function play(): Promise<boolean> {
  const progress = process.stdout.isTTY ? { say } : {};
  if (only !== undefined) return playOnly(only);
  await using run = await openCrashRun({ dir, seed, ...progress });
  await steady(run, rounds, { texts: 1.5, answers: 2, asides: 0.7 });
  await run.observer.settled();
  await bursts(run, Math.ceil(rounds / 20), { texts: 200, answers: 80, asides: 40 });
  return await tell(run, await run.observer.settled());
}

async function playOnly(names: readonly string[]): Promise<boolean> {
  const faults = names.filter((name) => name !== NETWORKS);
  const good = faults.length === 0 || (await playAll(faults, { dir: join(dir, 'faults'), seed, say }));
  if (faults.length === names.length) return good;
  const progress = process.stdout.isTTY ? say : (): void => undefined;
  return (await playNetworks({ dir: join(dir, NETWORKS), seed, rounds, say, progress })) && good;
}

async function tell(run: CrashRun, { verdict, evidence }: Settled): Promise<boolean> {
  for (const problem of problems(verdict)) say(problem);
  say(startTimes(run.history.all()));
  const verified = await run.house.command('verify').catch((error: unknown) => String(error));
  say(verified.trim());
  for (const part of ['steady', 'burst']) say(`${part}: ${totals(judge(evidence, part))}`);
  say(totals(verdict));
  return isGood(verdict) && verified.includes('unbroken');
}

function startTimes(deeds: readonly Line[]): string {
  const times = deeds.flatMap((one) => (one.what === 'ready' ? one.afterMs : [])).sort((a, b) => a - b);
  return `ready after ${times[Math.floor(times.length / 2)] ?? 0} ms in the middle, ${times.at(-1) ?? 0} ms at most`;
}
