/** A second officer's word about a change of rules, by a tap on its card: about that very change, once. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { EventId, Millis, Position, UserId } from '../../core/ids.ts';
import type { Role } from '../../core/line.ts';
import { actSource } from '../../policy/rules/change-drafts.ts';
import { isTakenBack } from '../../policy/rules/rule-store.ts';
import type { RuleChanged } from '../../policy/rules/rules-on-record.ts';
import { answered, refused, type Answer } from '../answer.ts';
import type { DeskRules } from './desk-context.ts';
import { personShown } from './ended-words.ts';
import { actedAnswer } from './rule-answers.ts';
import { clockTime } from './shown-time.ts';

export interface ProposalDeps {
  readonly rules: DeskRules;
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
}

export interface ProposalWish {
  readonly says: 'yes' | 'no';
  readonly proposal: RuleChanged;
  readonly by: UserId;
  /** The tap. */
  readonly event: EventId;
  readonly role: Role | undefined;
  readonly timezone: string;
  readonly now: Millis;
}

/** @throws JournalDown when it can't be written: the task is then tried again. */
export async function decideProposal({ rules, read }: ProposalDeps, wish: ProposalWish): Promise<Answer> {
  const { proposal, by, event, role } = wish;
  const { id } = proposal.body;
  const ended = await endOf(proposal, { rules, read });
  // This very tap, before a crash.
  if (ended?.source.id === actSource(event)) return answered(`${id} ✓`, { data: { id } });
  if (ended !== undefined) {
    return refused('failed', `Nothing was done: the change of ${id} was already ${endedProposalWords(ended, wish)}.`);
  }
  if (role !== 'officer') return refused('denied', 'Nothing was done: officers decide about rules.');
  const act = { by, event, at: proposal.position };
  const acted = wish.says === 'yes' ? await rules.approve({ ...act, id }) : await rules.decline(act);
  return actedAnswer(id, acted, await rules.onRecord());
}

/** The entry by which it is not open any more. */
export async function endOf(
  { position }: RuleChanged,
  { rules, read }: { readonly rules: Pick<DeskRules, 'endOf'>; readonly read: ProposalDeps['read'] },
): Promise<RuleChanged | undefined> {
  const at = await rules.endOf(position);
  const entry = at === undefined ? undefined : await read(at);
  return entry === undefined || 'erased' in entry || entry.kind !== 'policy.rule-changed' ? undefined : entry;
}

/** `approved by Omar 10:14` */
export function endedProposalWords(
  { body, recordedAt }: RuleChanged,
  { timezone, now }: { readonly timezone: string; readonly now: Millis },
): string {
  const time = clockTime(recordedAt, timezone, now);
  if (body.approvedBy !== undefined) return `approved by ${personShown(body.approvedBy)} ${time}`;
  if (isTakenBack(body)) {
    return body.by === undefined
      ? `taken out of the files ${time}`
      : `decided against by ${personShown(body.by)} ${time}`;
  }
  return body.change === 'proposed' ? `replaced by another one ${time}` : `made by the files ${time}`;
}
