/** The same histories as in one thread, each played in one of as many threads as there are cores. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.ts';
import type { Finding, Simulation } from './simulate.ts';

const SHARE = new URL('./simulate-share.ts', import.meta.url);
/** What type stripping and the Matrix libraries say at their start is no news. */
const FLAGS = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];
const MOST_THREADS = 8;
const told = z.tuple([z.custom<Finding>((value) => typeof value === 'object' && value !== null)]);

/** The first thread that finds a broken promise ends the others. */
export async function simulateInThreads(given: Omit<Simulation, 'path' | 'share' | 'trace'>): Promise<Finding> {
  const began = systemClock.monotonic();
  const of = Math.min(availableParallelism(), MOST_THREADS);
  const workers = Array.from(
    { length: of },
    (_, index) => new Worker(SHARE, { execArgv: FLAGS, workerData: { shrink: true, ...given, share: { index, of } } }),
  );
  try {
    const finding = workers.map(async (worker) => {
      const [found] = told.parse(await once(worker, 'message'));
      if (found.broken !== undefined) throw new Found(found);
      return found;
    });
    return { ...sumOf(await Promise.all(finding)), seconds: (systemClock.monotonic() - began) / 1000 };
  } catch (error) {
    if (error instanceof Found) return error.finding;
    throw error;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** A thread found a broken promise. */
class Found extends Error {
  override name = 'Found';
  readonly finding: Finding;
  constructor(finding: Finding) {
    super('a promise was broken');
    this.finding = finding;
  }
}

function sumOf(findings: readonly Finding[]): Omit<Finding, 'seconds' | 'broken'> {
  const sum = (of: (finding: Finding) => number): number => findings.reduce((all, one) => all + of(one), 0);
  return {
    histories: sum(({ histories }) => histories),
    steps: sum(({ steps }) => steps),
    entries: sum(({ entries }) => entries),
  };
}
