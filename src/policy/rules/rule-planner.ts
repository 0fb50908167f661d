/** What follows from the files of rules: every desk is told, once for each time that they were loaded. */
import { lane } from '../../core/ids.ts';
import type { Planner } from '../../journal/projection.ts';
import { leadsLoad } from './change-drafts.ts';

export const RULES_TOLD = 'policy.rules-told';

/** What an officer does at a desk is answered there. */
export const rulePlanner: Planner = {
  name: 'policy-rules',
  reads: [],
  plan: (entry) => {
    const tell = entry.kind === 'policy.rule-changed' && leadsLoad(entry);
    return Promise.resolve(tell ? [{ kind: RULES_TOLD, lane: lane('desk', 'rules') }] : []);
  },
};
