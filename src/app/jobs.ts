/** What runs by the clock, joined to the parts that it works for. */
import type { Homeserver } from '../core/ports/homeserver.ts';
import { deskCheckpoints } from '../jobs/desk-checkpoints.ts';
import { startJobs, type Jobs } from '../jobs/jobs.ts';
import type { Reconciling } from './reconcile.ts';
import type { Retention } from './retention.ts';
import type { Classes } from './retention-classes.ts';
import type { AppSetting } from './setting.ts';

type JobsSetting = Pick<AppSetting, 'config' | 'journal' | 'publisher' | 'clock' | 'log' | 'metrics'>;

interface JobsJoined {
  readonly homeserver: Homeserver;
  readonly reconciling: Pick<Reconciling, 'jobs' | 'start'>;
  readonly retention: Pick<Retention, 'jobs'>;
  readonly classes: Pick<Classes, 'jobs'>;
}

export function startHouseJobs(setting: JobsSetting, joined: JobsJoined): Jobs {
  const { homeserver, reconciling, retention, classes } = joined;
  const { config, journal, publisher, clock, log, metrics } = setting;
  const checkpoints = deskCheckpoints({
    ...{ journal, homeserver, clock, log },
    ...{ desks: config.desks, files: publisher.files },
  });
  const all = [checkpoints, ...reconciling.jobs, ...classes.jobs, ...retention.jobs];
  const jobs = startJobs(all, { clock, log, metrics });
  reconciling.start(jobs);
  return jobs;
}

/** Finds each job's next time anew; what fails is logged, and the jobs keep their old times. */
export function clockWasSet(jobs: Jobs, { log }: Pick<AppSetting, 'log'>): void {
  jobs.clockWasSet().catch((error: unknown) => {
    log.error('job.failed', { job: 'all' }, error);
  });
}
