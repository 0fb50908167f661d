/** Each night what is older than its class goes, or is only counted while nobody armed it: asked for on record, done by a task. */
import type { Clock } from '../core/clock.ts';
import type { Recorder } from '../core/ports/recorder.ts';
import type { Job } from './jobs.ts';

export interface NightlyOptions {
  readonly journal: Pick<Recorder, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  /** As cron writes it. */
  readonly schedule: string;
  readonly timezone: string;
}

const MINUTE_MS = 60_000;

/** Once in a minute, however often it is called. */
export function retentionNightly({ journal, clock, schedule, timezone }: NightlyOptions): Job {
  return {
    name: 'retention',
    cron: schedule,
    timezone,
    run: async () => {
      const at = clock.now();
      const id = `retention/nightly/${String(Math.floor(at / MINUTE_MS))}`;
      const source = { system: 'gatehouse', id, sure: true };
      await journal.append([{ kind: 'retention.asked', at, source, body: { act: 'run' } }]);
    },
  };
}
