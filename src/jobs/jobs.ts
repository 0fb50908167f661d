/** What runs by the clock: one table of {name, cron, run}. */
import { createTask, validate, type ScheduledTask } from 'node-cron';
import type { Clock } from '../core/clock.ts';
import type { Log, Metrics } from '../core/ports/log.ts';

export interface Job {
  readonly name: string;
  /** Five or six fields, as cron writes them. */
  readonly cron: string;
  /** IANA zone in which the fields are read. Default: UTC. */
  readonly timezone?: string;
  /** A throw is logged and counted; the job runs again at its next time. */
  run(signal: AbortSignal): Promise<void>;
}

export interface Jobs extends AsyncDisposable {
  /** Runs a job now, as its schedule would: false when it is running already. @throws Error for an unknown name. */
  runNow(name: string): Promise<boolean>;
  /**
   * The wall clock was set: every job's next time is found anew. Else a clock that was set back would keep them all from
   * running until it is where it was; times that a clock set ahead jumped over are left out either way.
   */
  clockWasSet(): Promise<void>;
  /** Begins nothing more, tells running jobs by their signal, and waits for them. */
  stop(): Promise<void>;
}

export interface JobDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Schedules the table. @throws Error in words for a wrong cron expression, a wrong zone or a name used twice. */
export function startJobs(table: readonly Job[], deps: JobDeps): Jobs {
  return new JobTable(table, deps);
}

class JobTable implements Jobs {
  readonly #deps: JobDeps;
  readonly #jobs = new Map<string, Job>();
  readonly #scheduled: ScheduledTask[] = [];
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopped = new AbortController();

  constructor(table: readonly Job[], deps: JobDeps) {
    this.#deps = deps;
    for (const job of table) {
      if (this.#jobs.has(job.name)) throw new Error(`two jobs are named ${job.name}`);
      this.#jobs.set(job.name, checked(job));
    }
    for (const job of this.#jobs.values()) this.#scheduled.push(this.#schedule(job));
  }

  #schedule(job: Job): ScheduledTask {
    const run = async (): Promise<void> => {
      if (!(await this.#begin(job))) this.#deps.log.warn('job.overlapped', { job: job.name });
    };
    const scheduled = createTask(job.cron, run, {
      name: job.name,
      timezone: job.timezone ?? 'UTC',
      unref: true,
      suppressMissedWarning: true,
    });
    const started = scheduled.start();
    // Jobs of this process start at once; only those in a process of their own answer later.
    if (started instanceof Promise) throw new Error(`the job ${job.name} did not start`);
    return scheduled;
  }

  runNow(name: string): Promise<boolean> {
    const job = this.#jobs.get(name);
    if (job === undefined) throw new Error(`there is no job named ${name}`);
    return this.#begin(job);
  }

  /** False when the job runs already, or nothing may begin any more. */
  async #begin(job: Job): Promise<boolean> {
    if (this.#running.has(job.name) || this.#stopped.signal.aborted) return false;
    const running = this.#run(job).finally(() => {
      this.#running.delete(job.name);
    });
    this.#running.set(job.name, running);
    await running;
    return true;
  }

  async #run(job: Job): Promise<void> {
    const { clock, log, metrics } = this.#deps;
    const began = clock.monotonic();
    let outcome = 'done';
    try {
      await job.run(this.#stopped.signal);
    } catch (error) {
      outcome = 'failed';
      log.error('job.failed', { job: job.name }, error);
    }
    metrics.count('job_runs', { job: job.name, outcome });
    metrics.observe('job_seconds', (clock.monotonic() - began) / 1000, { job: job.name });
  }

  async clockWasSet(): Promise<void> {
    for (const scheduled of this.#stopped.signal.aborted ? [] : this.#scheduled) {
      await scheduled.stop();
      await scheduled.start();
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const scheduled of this.#scheduled) await scheduled.destroy();
    await Promise.all(this.#running.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function checked(job: Job): Job {
  if (!validate(job.cron)) throw new Error(`the schedule "${job.cron}" of ${job.name} is not a cron expression`);
  try {
    new Intl.DateTimeFormat('en', { timeZone: job.timezone ?? 'UTC' }).format(0);
  } catch {
    throw new Error(`${job.timezone ?? ''} is not a time zone (job ${job.name}); use one like Europe/Berlin`);
  }
  return job;
}
