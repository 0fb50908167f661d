import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { startJobs, type Jobs } from '../../../src/jobs/jobs.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';

const [MINUTE, DAY] = [60_000, 86_400_000];
const START = Date.UTC(2026, 2, 6, 21, 30, 30);
let jobs: Jobs;
let runs: number;

beforeEach(() => {
  jest.useFakeTimers({ now: START });
  runs = 0;
  const run = (): Promise<void> => {
    runs += 1;
    return Promise.resolve();
  };
  jobs = startJobs([{ name: 'minutely', cron: '* * * * *', run }], {
    clock: new ManualClock(),
    log: new KeptLog(),
    metrics: new KeptMetrics(),
  });
});

afterEach(async () => {
  await jobs.stop();
  jest.useRealTimers();
});

test.each([DAY, -DAY])('a clock that is set by %i ms makes no storm of missed runs, and no silence', async (ms) => {
  await jest.advanceTimersByTimeAsync(2 * MINUTE);
  expect(runs).toBe(2);
  jest.setSystemTime(START + 2 * MINUTE + ms);
  await jobs.clockWasSet();
  await jest.advanceTimersByTimeAsync(5 * MINUTE);
  expect(runs).toBe(7);
});

test('a clock that is set ahead, before anybody noticed, runs nothing twice', async () => {
  await jest.advanceTimersByTimeAsync(MINUTE);
  jest.setSystemTime(START + MINUTE + DAY);
  await jest.advanceTimersByTimeAsync(2 * MINUTE);
  expect(runs).toBeLessThanOrEqual(3);
});
