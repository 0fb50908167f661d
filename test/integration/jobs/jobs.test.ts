import { describe, expect, test } from '@jest/globals';
import { startJobs, type Job } from '../../../src/jobs/jobs.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';

const never = '0 0 1 1 *';
const deps = () => ({ clock: new ManualClock(), log: new KeptLog(), metrics: new KeptMetrics() });
const job = (more: Partial<Job> = {}): Job => ({
  name: 'checkpoint',
  cron: never,
  run: () => Promise.resolve(),
  ...more,
});

describe('scheduled jobs', () => {
  test('run by their schedule', async () => {
    const { promise: ran, resolve } = Promise.withResolvers<string>();
    const run = (): Promise<void> => {
      resolve('ran');
      return Promise.resolve();
    };
    await using jobs = startJobs([job({ cron: '* * * * * *', run })], deps());
    expect(await ran).toBe('ran');
    await jobs.stop();
  });

  test('a run that overlaps the last one is refused', async () => {
    let release: () => void = () => undefined;
    const slow = job({ run: () => new Promise((resolve) => (release = resolve)) });
    await using jobs = startJobs([slow], deps());
    const first = jobs.runNow('checkpoint');
    expect(await jobs.runNow('checkpoint')).toBe(false);
    release();
    expect(await first).toBe(true);
  });

  test('a failure is logged and counted, and the job runs again', async () => {
    const given = deps();
    let runs = 0;
    const failing = job({
      run: () => {
        runs += 1;
        return runs === 1 ? Promise.reject(new Error('boom')) : Promise.resolve();
      },
    });
    await using jobs = startJobs([failing], given);
    await jobs.runNow('checkpoint');
    await jobs.runNow('checkpoint');
    expect(given.log.events()).toEqual(['job.failed']);
    expect([...given.metrics.counts.keys()]).toEqual([
      'job_runs checkpoint failed',
      'observed',
      'job_runs checkpoint done',
    ]);
  });

  test('stopping tells a running job, waits for it, and begins nothing more', async () => {
    const order: string[] = [];
    const patient = job({
      run: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            order.push('told');
            setImmediate(() => {
              order.push('ended');
              resolve();
            });
          });
        }),
    });
    const jobs = startJobs([patient], deps());
    const running = jobs.runNow('checkpoint');
    await jobs.stop();
    order.push('stopped');
    await running;
    expect(order).toEqual(['told', 'ended', 'stopped']);
    expect(await jobs.runNow('checkpoint')).toBe(false);
  });

  test.each([
    [[job({ cron: 'every day' })], 'the schedule "every day" of checkpoint is not a cron expression'],
    [[job({ timezone: 'Mars/Base' })], 'Mars/Base is not a time zone'],
    [[job(), job()], 'two jobs are named checkpoint'],
  ])('a table that cannot work is refused in words', (table, words) => {
    expect(() => startJobs(table, deps())).toThrow(words);
  });
});
