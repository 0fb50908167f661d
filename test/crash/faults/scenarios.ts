/** The faults by name, and how they are played one after the other in one house. */
import type { CrashOptions, CrashRun } from '../drive.ts';
import { openCrashRun } from '../drive.ts';
import { judge, problems, totals } from '../judge/judge.ts';
import type { Settled } from '../observer.ts';
import { clockJump } from './clock-jump.ts';
import { diskError } from './disk-error.ts';
import { retentionKill } from './retention.ts';
import type { Form, Scenario } from './scenario.ts';
import { carrierStop, gatehouseStop } from './stop.ts';
import { synapseKill } from './synapse-kill.ts';
import { weather } from './weather.ts';

/** Of the processes around Gatehouse, and of what lies between them. */
export const processFaults: readonly Scenario[] = [synapseKill, gatehouseStop, carrierStop, weather];
/** Of the computer under it, and of Gatehouse itself while it deletes. */
export const machineFaults: readonly Scenario[] = [diskError, clockJump, retentionKill];
const scenarios = [...processFaults, ...machineFaults];
export const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

/** Gap repair waits for signs that something misses: a minute, and what it then takes on a busy machine. */
const PATIENCE_MS = 100_000;

/** Plays it and waits until all is well, or nothing moves any more. */
export async function play(scenario: Scenario, run: CrashRun, form: Form): Promise<Settled> {
  run.history.part = scenario.name;
  run.observer.expectErrors(...scenario.errors);
  await scenario.play(run, form);
  return run.observer.settled(PATIENCE_MS);
}

/** The long forms. True when nothing is wrong after any of them. */
export async function playAll(
  names: readonly string[],
  options: CrashOptions & { readonly say: (line: string) => void },
): Promise<boolean> {
  const { say } = options;
  await using run = await openCrashRun(options);
  const lines: string[] = [];
  let good = true;
  for (const scenario of scenarios.filter(({ name }) => names.includes(name))) {
    const { verdict, evidence } = await play(scenario, run, 'long');
    for (const problem of problems(verdict)) say(problem);
    good &&= problems(verdict).length === 0;
    lines.push(`${scenario.name}: ${totals(judge(evidence, scenario.name))}`);
  }
  const verified = await run.house.command('verify').catch((error: unknown) => String(error));
  for (const line of [verified.trim(), ...lines, totals(judge(await run.observer.evidence()))]) say(line);
  return good && verified.includes('unbroken');
}
