/** Keeping and letting go: the runs, what they ask of the other parts, and who is asked by desks and commands. */
import { RunProgress, type RunProgressDeps } from '../bot/compliance/run-progress.ts';
import { isOurUser } from '../bridge/people/our-users.ts';
import { retentionNightly } from '../jobs/retention.ts';
import type { Job } from '../jobs/jobs.ts';
import type { TrustedTime } from '../core/ports/trusted-time.ts';
import { freezingBy } from '../retention/holds/freezing.ts';
import { eraseHandlers } from '../retention/erase/erase-task.ts';
import { openWork } from '../retention/open/open-work.ts';
import { RunActs } from '../retention/run/acts.ts';
import type { PersonActs } from '../retention/person/acts.ts';
import { runWriterPart } from '../retention/run/projections.ts';
import { runHandlers } from '../retention/run/run-task.ts';
import { erasingStanding } from '../retention/run/staying.ts';
import type { WriterPart } from '../journal/projection.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { blobsOf } from './files.ts';
import { keepingDeps } from './retention-holds.ts';
import { personActs, personHandlers } from './retention-person.ts';
import type { OnHomeserver } from './retention-homeserver.ts';
import type { AppSetting } from './setting.ts';
import { firstTimezone } from './timezone.ts';

/** Looks at the clock before it says whether it can be believed. */
export type WatchedTime = TrustedTime & { look(): Promise<unknown> };

type Setting = Pick<AppSetting, 'config' | 'journal' | 'publisher' | 'clock' | 'log'>;

export function runPart(domain: string): WriterPart {
  return runWriterPart({ isOurs: (user) => isOurUser(user, domain), receiptOf: keepingDeps.receiptOf });
}

export interface RetentionJoined {
  readonly time: WatchedTime;
  readonly onHomeserver: OnHomeserver;
  /** At which whoever asked sees how far a run is. */
  readonly homeserver: RunProgressDeps['homeserver'];
}

export class Retention {
  readonly acts: RunActs;
  /** What officers do. */
  readonly forDesks: { readonly retention: RunActs; readonly persons: PersonActs };
  readonly jobs: readonly Job[];
  readonly #setting: Setting;
  readonly #stopping = new AbortController();

  constructor(setting: Setting, { time }: Pick<RetentionJoined, 'time'>) {
    const { config, journal, publisher, clock } = setting;
    this.#setting = setting;
    this.acts = new RunActs({ journal, time, signer: publisher.signer, clock });
    this.forDesks = { retention: this.acts, persons: personActs(setting) };
    const { schedule } = config.retention;
    this.jobs = [retentionNightly({ journal, clock, schedule, timezone: firstTimezone(config) })];
  }

  handlers({ time, onHomeserver, homeserver }: RetentionJoined): TaskHandlers {
    const { config, journal, publisher, clock, log } = this.#setting;
    const progress = new RunProgress({ homeserver, read: (at) => journal.read(at), clock, log });
    const keeping = [freezingBy(keepingDeps).erasing, openWork(keepingDeps)];
    const given = {
      ...{ journal, clock, log, time, ...onHomeserver, signer: publisher.signer, stopping: this.#stopping.signal },
      keepKeysMs: config.backup.keys.keepFor,
    };
    const runs = runHandlers({
      ...{ ...given, receiptOf: keepingDeps.receiptOf, marks: keepingDeps.marks, progress: progress.at },
      staying: [...keeping, erasingStanding],
    });
    const persons = personHandlers(config, { ...given, keeping, standing: erasingStanding });
    return new Map([...runs, ...persons, ...eraseHandlers({ journal, blobs: blobsOf(config) })]);
  }

  /** What is under way ends soon, and goes on after the next start. */
  stopJobs(): void {
    this.#stopping.abort();
  }
}
