/** What follows from a question at a desk, and from a report: who asked is answered, and what is wrong is told by itself. */
import type { Entry } from '../../core/entry.ts';
import { lane } from '../../core/ids.ts';
import type { Planner, TaskDraft } from '../../journal/projection.ts';

/** The desk's command that asks for a comparison when it is answered with `pending`. */
export const RECONCILE_COMMAND = 'gaps';

function tasksOf(entry: Entry): readonly TaskDraft[] {
  if (entry.kind === 'desk.command') {
    const { command, code } = entry.body;
    const asked = command === RECONCILE_COMMAND && code === 'pending';
    return asked ? [{ kind: 'reconcile', lane: lane('room', 'reconcile') }] : [];
  }
  if (entry.kind !== 'reconcile.report') return [];
  const tell = lane('room', 'reconciled');
  if (entry.body.because !== undefined) return [{ kind: 'reconcile.answer', lane: tell }];
  return entry.body.by === 'daily' && !entry.body.ok ? [{ kind: 'reconcile.tell', lane: tell }] : [];
}

export const reconcilePlanner: Planner = {
  name: 'reconcile',
  reads: [],
  plan: (entry) => Promise.resolve(tasksOf(entry)),
};
