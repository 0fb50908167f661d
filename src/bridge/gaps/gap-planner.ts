/** What follows from a repaired gap: every desk is told, once. */
import { lane } from '../../core/ids.ts';
import type { Planner } from '../../journal/projection.ts';

export const gapPlanner: Planner = {
  name: 'gaps',
  reads: [],
  plan: (entry) => {
    const tell = entry.kind === 'gap.repaired' && entry.body.events > 0;
    return Promise.resolve(tell ? [{ kind: 'gap.tell', lane: lane('room', 'gaps') }] : []);
  },
};
