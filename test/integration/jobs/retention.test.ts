import { expect, test } from '@jest/globals';
import type { Draft } from '../../../src/core/entry.ts';
import { retentionNightly } from '../../../src/jobs/retention.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('each night a run is asked for on record, once for each time it is due', async () => {
  const clock = new ManualClock();
  const asked: Draft[] = [];
  const journal = {
    append: (drafts: readonly Draft[]) => {
      asked.push(...drafts);
      return Promise.resolve([]);
    },
  };
  const job = retentionNightly({ journal, clock, schedule: '17 3 * * *', timezone: 'America/New_York' });
  expect(job).toMatchObject({ name: 'retention', cron: '17 3 * * *', timezone: 'America/New_York' });
  await job.run(new AbortController().signal);
  clock.advance(1_000);
  await job.run(new AbortController().signal);
  clock.advance(86_400_000);
  await job.run(new AbortController().signal);
  expect(asked).toMatchObject(Array.from({ length: 3 }, () => ({ kind: 'retention.asked', body: { act: 'run' } })));
  expect(new Set(asked.map(({ source }) => source.id)).size).toBe(2);
});
