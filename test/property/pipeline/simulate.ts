/** Plays many histories and says what was found: the first broken promise, shrunk, and how to see it again. */
import fc from 'fast-check';
import { systemClock } from '../../../src/core/clock.ts';
import { BrokenTemplate, makeTemplates, playHistory, type Templates } from './history.ts';
import type { Violation } from './judge.ts';
import { plans, type Plan } from './plan.ts';

export interface Simulation {
  readonly histories: number;
  readonly seed: number;
  /** One of so many is verified leaf by leaf at its end. */
  readonly verifyEvery: number;
  /** Plays this one alone: the path of fast-check to it. */
  readonly path?: string;
  /** Without it the first failure is told as it is, not made smaller. */
  readonly shrink?: boolean;
  /** Of the same histories only each n-th is played: others play the others. */
  readonly share?: Share;
  readonly trace?: (words: string) => void;
}

export interface Share {
  readonly index: number;
  readonly of: number;
}

export interface Finding {
  readonly histories: number;
  readonly steps: number;
  readonly entries: number;
  readonly seconds: number;
  readonly broken?: {
    readonly violation: Violation;
    /** Absent where it took no fault: the calm history that all others begin with broke it. */
    readonly history?: { readonly plan: Plan; readonly seed: number; readonly path: string };
  };
}

/** A promise was broken; for fast-check, which wants a throw. */
class Broken extends Error {
  override name = 'Broken';
}

export async function simulate(given: Simulation): Promise<Finding> {
  try {
    return await simulateFrom(await makeTemplates(), given);
  } catch (error) {
    if (!(error instanceof BrokenTemplate)) throw error;
    return { histories: 0, steps: 0, entries: 0, seconds: 0, broken: { violation: error.violation } };
  }
}

async function simulateFrom(templates: Templates, given: Simulation): Promise<Finding> {
  const began = systemClock.monotonic();
  const sums = { histories: 0, steps: 0, entries: 0 };
  let violation: Violation | undefined;
  let made = 0;
  const property = fc.asyncProperty(plans, async (plan) => {
    made += 1;
    // What is made smaller is played here, whoever plays its neighbours.
    if (violation === undefined && !isOurs(made, given.share)) return;
    sums.histories += 1;
    const verify = sums.histories % given.verifyEvery === 0;
    const told = await playHistory(plan, templates, { verify, ...(given.trace && { trace: given.trace }) });
    sums.steps += told.steps;
    sums.entries += told.entries;
    if (told.violation === undefined) return;
    violation = told.violation;
    throw new Broken(`${told.violation.rule}: ${told.violation.words}`);
  });
  const { seed, path, shrink = true } = given;
  const run = await fc.check(property, {
    ...{ numRuns: given.histories, seed, endOnFailure: !shrink },
    ...(path !== undefined && { path, endOnFailure: true }),
  });
  const seconds = (systemClock.monotonic() - began) / 1000;
  if (!run.failed || violation === undefined) {
    if (run.failed) throw new Error('a history could not be played', { cause: run.errorInstance });
    return { ...sums, seconds };
  }
  const [plan] = run.counterexample ?? [];
  if (plan === undefined) throw new Error('fast-check gave no counterexample');
  const broken = { violation, history: { plan, seed: run.seed, path: run.counterexamplePath ?? '0' } };
  return { ...sums, histories: run.numRuns, seconds, broken };
}

function isOurs(made: number, share: Share = { index: 0, of: 1 }): boolean {
  return made % share.of === share.index;
}

export function lineOf({ histories, steps, entries, seconds }: Finding): string {
  const rate = String(Math.round(histories / seconds));
  return `${String(histories)} histories, ${String(steps)} steps, ${String(entries)} entries in ${seconds.toFixed(1)} s (${rate} a second)`;
}

/** How to see it again. */
export function commandOf({ broken }: Finding): string | undefined {
  if (broken?.history === undefined) return undefined;
  const { seed, path } = broken.history;
  return `npm run simulate -- --seed ${String(seed)} --path ${path} --trace`;
}
