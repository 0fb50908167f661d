/** Task `policy.backtest`: what a desk asked for, until its report is on record. */
import { wait } from '../../core/clock.ts';
import type { DraftOf, EntryOf } from '../../core/entry.ts';
import type { Millis } from '../../core/ids.ts';
import type { TaskHandler, TaskHandlers, Turn } from '../../tasks/task.ts';
import { backtest, type BacktestDeps } from './backtest.ts';
import { forgetNotes } from './backtest-notes.ts';
import { BACKTEST } from './projections.ts';

const DONE: Turn = { to: 'done' };

export interface BacktestTaskDeps extends BacktestDeps {
  /** Aborted when the house stops: a job that takes hours must not hold it up. */
  readonly stopping?: AbortSignal;
}

const STOPPED_MS = 60_000;

export function backtestTasks(deps: BacktestTaskDeps): TaskHandlers {
  return new Map([[BACKTEST, { run: runTask(deps) }]]);
}

/** Killed at any line before the report, it goes on from its notes; the report takes them away in its commit. */
function runTask(deps: BacktestTaskDeps): TaskHandler {
  return async (_task, entry, { signal }): Promise<Turn> => {
    if ('erased' in entry || entry.kind !== 'policy.backtest-asked') return DONE;
    const ends = deps.stopping === undefined ? signal : AbortSignal.any([signal, deps.stopping]);
    const report = await backtest(entry, deps, ends);
    if (report === undefined) return { to: 'aside', until: wait(deps.clock, STOPPED_MS, signal) };
    return { to: 'done', entries: [draftOf(entry, report, deps.clock.now())], kv: [forgetNotes] };
  };
}

type Report = NonNullable<Awaited<ReturnType<typeof backtest>>>;

function draftOf(asked: EntryOf<'policy.backtest-asked'>, report: Report, now: Millis): DraftOf<'policy.backtested'> {
  const { position: because, recordedAt: to, body } = asked;
  const { rule, from } = body;
  return {
    kind: 'policy.backtested',
    at: now,
    source: { system: 'gatehouse', id: `policy.backtested/${String(because)}`, sure: true },
    actor: body.by,
    body: { because, rule, from, to, ...report },
  };
}
