/** Reconciliation, joined to the record, the homeserver, the connectors and the config. */
import { askLists, askUntilTold, type ListWatchDeps } from '../bridge/reconcile/list-watch.ts';
import type { ProviderLists } from '../bridge/reconcile/missed.ts';
import { Reconciler } from '../bridge/reconcile/reconcile.ts';
import { reconcileTasks } from '../bridge/reconcile/reconcile-tasks.ts';
import { reportWords } from '../bridge/reconcile/report-words.ts';
import type { RecordDeps } from '../cli/records/record-deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { GapSweep } from '../core/ports/gap-sweep.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { Log } from '../core/ports/log.ts';
import type { RoomHistory } from '../core/ports/room-history.ts';
import { askListsHourly, DAILY, dailyOverdue, reconcileDaily } from '../jobs/reconcile.ts';
import type { Job, Jobs } from '../jobs/jobs.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import { ReceivedSources } from '../journal/received-sources.ts';
import type { TaskHandlers } from '../tasks/task.ts';

interface Setting {
  readonly config: Pick<Config, 'lines'>;
  readonly journal: OpenJournal;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who is compared with the record, and what can put the missing on it. */
export interface Compared {
  readonly history?: RoomHistory;
  readonly sweep?: Pick<GapSweep, 'sweep'>;
  readonly lists: ProviderLists;
}

export const noLists: ProviderLists = { takeIn: () => Promise.resolve(undefined) };

export function reconcilerOf({ config, journal, clock, log }: Setting, compared: Compared): Reconciler {
  const sources = new ReceivedSources(journal.database, journal.keys);
  return new Reconciler({ journal, sources, lines: config.lines, clock, log, ...compared });
}

/** For commands: the report, and its words. */
export function reconcileAct(reconciler: Reconciler, { lines }: Pick<Config, 'lines'>): RecordDeps['reconcile'] {
  return async (options) => {
    const report = await reconciler.reconcile({ by: 'cli', ...options });
    return report === 'stopped' ? report : { report, words: reportWords(report.body, lines) };
  };
}

/** What of it runs by itself in the running process. */
export class Reconciling {
  readonly act: RecordDeps['reconcile'];
  readonly handlers: TaskHandlers;
  readonly jobs: readonly Job[];
  readonly #setting: Setting;
  readonly #reconciler: Reconciler;
  readonly #lists: ListWatchDeps;
  readonly #stopping = new AbortController();
  #started: Promise<unknown> = Promise.resolve();

  constructor(setting: Setting, joined: Required<Compared> & { readonly homeserver: Homeserver }) {
    const { config, journal, clock, log } = setting;
    const { homeserver, ...compared } = joined;
    const reconciler = reconcilerOf(setting, compared);
    this.#setting = setting;
    this.#reconciler = reconciler;
    this.act = reconcileAct(reconciler, config);
    this.handlers = reconcileTasks({ reconciler, homeserver, journal, clock, lines: config.lines });
    const connectors = [...new Set(config.lines.map((line) => line.connector))];
    this.#lists = { journal, clock, log, connectors, lists: compared.lists };
    this.jobs = [reconcileDaily({ journal, reconciler, clock }), askListsHourly(this.#lists)];
  }

  /** Asks what providers kept for us, and makes up for a night that was missed. Resolves at once. */
  start(jobs: Pick<Jobs, 'runNow'>): void {
    this.#started = this.#begin(jobs).catch((error: unknown) => {
      this.#setting.log.error('reconcile.start-failed', {}, error);
    });
  }

  /** What is under way ends without a report; nothing more begins. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reconciler.stop();
    await this.#started;
  }

  async #begin(jobs: Pick<Jobs, 'runNow'>): Promise<void> {
    const { journal, clock } = this.#setting;
    const { signal } = this.#stopping;
    const unasked = await askLists(this.#lists, signal);
    const again = askUntilTold({ ...this.#lists, connectors: unasked }, signal);
    if (!signal.aborted && (await dailyOverdue({ journal, clock }))) await jobs.runNow(DAILY);
    await again;
  }
}
