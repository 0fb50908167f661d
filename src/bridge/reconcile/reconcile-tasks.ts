/** Tasks `reconcile` (a desk asked for it) and `reconcile.tell` (the daily one found something wrong: every desk is told). */
import type { TaskHandler, TaskKind, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { tellDesks } from '../tell-desks.ts';
import type { Reconciler } from './reconcile.ts';
import { reportWords } from './report-words.ts';

const DONE: Turn = { to: 'done' };
const AGAIN_MS = 5_000;

export type ReconcileTasksDeps = Pick<BridgeDeps, 'homeserver' | 'journal' | 'lines' | 'clock'> & {
  readonly reconciler: Pick<Reconciler, 'reconcile'>;
};

export function reconcileTasks(deps: ReconcileTasksDeps): ReadonlyMap<string, TaskKind> {
  return new Map([
    ['reconcile', { run: runTask(deps) }],
    ['reconcile.tell', { run: tellTask(deps) }],
  ]);
}

/** Killed before its report is on record, it goes on where it was: the command is what names the run. */
function runTask({ reconciler, clock }: ReconcileTasksDeps): TaskHandler {
  return async (_task, entry, { signal }): Promise<Turn> => {
    if ('erased' in entry || entry.kind !== 'desk.command') return DONE;
    const asked = { by: 'desk' as const, since: clock.now(), signal, because: entry.position };
    const report = await reconciler.reconcile(asked);
    if (report === 'stopped') return { to: 'retry', reason: 'homeserver-down', afterMs: AGAIN_MS };
    return { to: 'done', entries: [report] };
  };
}

function tellTask(deps: ReconcileTasksDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    if ('erased' in entry || entry.kind !== 'reconcile.report') return DONE;
    const text = ['Not everything adds up:', ...reportWords(entry.body, deps.lines)].join('\n');
    const look = context.mayRepeat || task.attempts > 0;
    const told = await tellDesks({ text, source: entry.position, part: 'reconciled', look }, deps);
    return told.ok ? DONE : turnOf(told.error);
  };
}
