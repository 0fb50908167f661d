/** `policy.rule-card` and `policy.rule-card-done`: a change of rules is asked about at every desk, and says how it ended. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import { isTakenBack, proposalEndedBy } from '../../policy/rules/rule-store.ts';
import type { RuleChanged } from '../../policy/rules/rules-on-record.ts';
import type { TaskHandler } from '../../tasks/task.ts';
import { changeCards } from './card-done-task.ts';
import { askTask, type CardDeps, type Question } from './card-task.ts';
import type { DeskTools } from './desk-context.ts';
import { openRuleCard, ruleCardHead } from './rule-card-words.ts';
import { endedProposalWords } from './rule-decision.ts';

type Deps = CardDeps & { readonly tools: Pick<DeskTools, 'rules'> };

export function ruleCardTask(deps: Deps): TaskHandler {
  return askTask(deps, (entry) => questionOf(deps, entry));
}

/** Officers alone decide about rules. */
async function questionOf({ tools }: Deps, entry: Entry | ErasedEntry): Promise<Question | undefined> {
  const proposal = changeIn(entry);
  const { rules } = tools;
  if (proposal === undefined || rules === undefined || isTakenBack(proposal.body)) return undefined;
  if ((await rules.endOf(proposal.position)) !== undefined) return undefined;
  return {
    text: openRuleCard(proposal, await rules.onRecord()),
    refs: [proposal.position],
    waits: `A change of ${proposal.body.id} waits for a second officer.`,
    mention: ({ officers }) => officers.filter((officer) => officer !== proposal.body.by),
  };
}

export function ruleCardDoneTask(deps: Deps): TaskHandler {
  return async (task, entry, context) => {
    const at = await deps.views.read((reading) => proposalEndedBy(reading, entry.position));
    const proposal = at === undefined ? undefined : changeIn(await deps.tools.read(at));
    const by = changeIn(entry);
    if (proposal === undefined || by === undefined) return { to: 'done' };
    const now = deps.clock.now();
    return changeCards(deps, {
      ...{ source: proposal.position, since: proposal.recordedAt, refs: [proposal.position] },
      words: (timezone) => [ruleCardHead(proposal), endedProposalWords(by, { timezone, now })].join('\n'),
      look: context.mayRepeat || task.attempts > 0,
    });
  };
}

function changeIn(entry: Entry | ErasedEntry | undefined): RuleChanged | undefined {
  return entry === undefined || 'erased' in entry || entry.kind !== 'policy.rule-changed' ? undefined : entry;
}
