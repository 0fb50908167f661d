/** What follows from changes of rules: the desks are told of each load of the files, and asked about each proposal. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import { lane, type Position } from '../../core/ids.ts';
import type { Planner, TaskDraft } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { isCarded, leadsLoad } from './change-drafts.ts';
import { isTakenBack, POLICY_RULES, proposalEndedBy } from './rule-store.ts';

export const RULES_TOLD = 'policy.rules-told';
/** Done by @compliance: the card of a proposal at each desk. */
export const RULE_CARD = 'policy.rule-card';
/** Done by @compliance: the card as it stands now. */
export const RULE_CARD_DONE = 'policy.rule-card-done';

/** A card is shown before it is changed. */
const card = (kind: typeof RULE_CARD | typeof RULE_CARD_DONE, of: Position): TaskDraft => ({
  kind,
  lane: lane('desk', `rule-${String(of)}`),
});

async function planChange(entry: EntryOf<'policy.rule-changed'>, reading: Reading): Promise<readonly TaskDraft[]> {
  const ended = await proposalEndedBy(reading, entry.position);
  const isAsked = entry.body.change === 'proposed' && !isTakenBack(entry.body) && isCarded(entry);
  return [
    ...(leadsLoad(entry) ? [{ kind: RULES_TOLD, lane: lane('desk', 'rules') }] : []),
    ...(isAsked ? [card(RULE_CARD, entry.position)] : []),
    ...(ended === undefined ? [] : [card(RULE_CARD_DONE, ended)]),
  ];
}

/** What an officer does at a desk is answered there. */
export const rulePlanner: Planner = {
  name: 'policy-rules',
  reads: [POLICY_RULES],
  plan: (entry: Entry, reading) =>
    entry.kind === 'policy.rule-changed' ? planChange(entry, reading) : Promise.resolve([]),
};
