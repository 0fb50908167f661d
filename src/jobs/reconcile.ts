/** Each night homeserver, ledger, providers and record are compared; each hour providers are asked what they list. */
import { lastReport } from '../bridge/reconcile/report-store.ts';
import { askLists, type ListWatchDeps } from '../bridge/reconcile/list-watch.ts';
import type { Reconciler } from '../bridge/reconcile/reconcile.ts';
import type { Clock } from '../core/clock.ts';
import { after, must, noMillis, parsePosition } from '../core/ids.ts';
import type { Journal } from '../journal/journal.ts';
import type { Job } from './jobs.ts';

const DAY_MS = 86_400_000;
/** After a long time down only so much is compared: what is older is compared when somebody asks for it. */
const LONGEST_MS = 31 * DAY_MS;
/** After midnight, UTC: when the nightly comparison is due. */
const DUE_MS = 2.5 * 3_600_000;
const CRON = '30 2 * * *';

export const DAILY = 'reconcile';

export interface DailyOptions {
  readonly journal: Pick<Journal, 'append' | 'read' | 'views'>;
  readonly reconciler: Pick<Reconciler, 'reconcile'>;
  readonly clock: Clock;
}

/** Yesterday and today, and every day since the last one was compared. */
export function reconcileDaily({ journal, reconciler, clock }: DailyOptions): Job {
  return {
    name: DAILY,
    cron: CRON,
    run: async (signal) => {
      const now = clock.now();
      const last = await journal.views.read((reading) => lastReport(reading, 'daily'));
      const since = Math.max(Math.min(now - DAY_MS, last?.until ?? now), now - LONGEST_MS, 0);
      const report = await reconciler.reconcile({ by: 'daily', since: after(noMillis, since), signal });
      if (report !== 'stopped') await journal.append([report]);
    },
  };
}

/** Whether the last night's comparison is missing: we were down, or it was cut off. It is made up for at the start. */
export async function dailyOverdue({ journal, clock }: Omit<DailyOptions, 'reconciler'>): Promise<boolean> {
  const last = await journal.views.read((reading) => lastReport(reading, 'daily'));
  const first = await journal.read(must(parsePosition(1)));
  const since = last?.until ?? first?.recordedAt;
  return since !== undefined && since < lastDue(clock.now());
}

function lastDue(now: number): number {
  const due = now - (now % DAY_MS) + DUE_MS;
  return due <= now ? due : due - DAY_MS;
}

export function askListsHourly(deps: ListWatchDeps): Job {
  return {
    name: 'provider-lists',
    cron: '17 * * * *',
    run: async (signal) => {
      await askLists(deps, signal);
    },
  };
}
