/** What an officer does with a rule at a desk: switches it, or lets a proposal into force. Once for each command. */
import type { Clock } from '../../core/clock.ts';
import type { EventId, Position, UserId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { RuleSet } from '../rule.ts';
import type { Compiled } from '../scan.ts';
import { actSource, changeDraft, changeTo, setAfter, switchTo, type ItemChange } from './change-drafts.ts';
import { changesOf, type Change, type What } from './rule-store.ts';
import { readText } from './rule-text.ts';
import {
  changesAt,
  itemKey,
  type RuleChanged,
  type RuleRecord,
  type RulesOnRecord,
  type Switches,
} from './rules-on-record.ts';

/** Whose command. */
export interface By {
  readonly by: UserId;
  readonly event: EventId;
}

export type Acted =
  | { readonly is: 'done'; readonly what: What; readonly change: Change }
  /** It is so already. */
  | { readonly is: 'same' }
  /** No such rule, or nothing of that name is proposed. */
  | { readonly is: 'unknown'; readonly meant: string | undefined }
  /** An officer decided against it, or took back what was their own. */
  | { readonly is: 'declined' }
  /** That very proposal is not open any more: it was decided about, or replaced by another one. */
  | { readonly is: 'not-open' }
  /** A desk's wish holds for a day. */
  | { readonly is: 'too-old' }
  /** Who proposed it can't approve it. */
  | { readonly is: 'own-proposal' }
  /** The set would not work with it. */
  | { readonly is: 'unfit'; readonly problems: readonly RuleProblem[] };

export interface ActDeps {
  readonly journal: RuleRecord & Pick<Recorder, 'append'>;
  readonly compile: (set: RuleSet) => Promise<Compiled>;
  readonly fourEyes: boolean;
  readonly clock: Pick<Clock, 'now'>;
}

/** Changes that are looked through for one that this very command made before a crash. */
const LOOKED_BACK = 20;
/** So long a second officer may approve what another one wished. What files say has no end. */
const APPROVED_WITHIN_MS = 24 * 60 * 60_000;

export async function switchRule(
  act: By & { readonly id: string; readonly set: Switches },
  onRecord: RulesOnRecord,
  deps: ActDeps,
): Promise<Acted> {
  const { id, set, by, event } = act;
  const before = await doneBefore('rule', act, deps);
  if (before !== undefined) return before;
  const rule = onRecord.set.rules.find((one) => one.id === id);
  if (rule === undefined) return unknown(id, namesIn(onRecord, 'rule'));
  const change = switchTo(rule, set);
  if (change === undefined) return { is: 'same' };
  const rules = deps.fourEyes ? onRecord.set.digest : setAfter([change], onRecord).digest;
  const how = { at: deps.clock.now(), rules, source: actSource(event), by };
  await deps.journal.append([changeDraft(change, how, deps.fourEyes)]);
  return { is: 'done', what: 'rule', change: deps.fourEyes ? 'proposed' : 'switched' };
}

/** Of a card it is that very proposal, `at` its position; of a command whatever is proposed under the name. */
export async function approveRule(
  act: By & { readonly id: string; readonly at?: Position },
  onRecord: RulesOnRecord,
  deps: ActDeps,
): Promise<Acted> {
  const { id, by, event } = act;
  const before = (await doneBefore('rule', act, deps)) ?? (await doneBefore('lexicon', act, deps));
  if (before !== undefined) return before;
  const proposal = proposalOf(act, onRecord);
  if (proposal === undefined) return act.at === undefined ? unknown(id, proposedIn(onRecord)) : { is: 'not-open' };
  if (proposal.body.by === by) return { is: 'own-proposal' };
  if (isTooOld(proposal, deps)) return { is: 'too-old' };
  const change = proposedChange(proposal, onRecord);
  if (change === undefined) return { is: 'same' };
  const set = setAfter([change], onRecord);
  const compiled = await deps.compile(set);
  if (!compiled.ok) return { is: 'unfit', problems: compiled.problems };
  const how = { at: deps.clock.now(), rules: set.digest, source: actSource(event), by: proposal.body.by };
  await deps.journal.append([changeDraft(change, { ...how, approvedBy: by })]);
  return { is: 'done', what: change.what, change: change.change };
}

/** That very proposal, by an officer; its own proposer takes it back so. */
export async function declineRule(
  act: By & { readonly at: Position },
  onRecord: RulesOnRecord,
  deps: ActDeps,
): Promise<Acted> {
  const { at, by, event } = act;
  const proposal = onRecord.proposals.find(({ position }) => position === at);
  if (proposal === undefined) return { is: 'not-open' };
  const { what, id, version } = proposal.body;
  const how = { at: deps.clock.now(), rules: onRecord.set.digest, source: actSource(event), by };
  await deps.journal.append([changeDraft({ what, id, change: 'switched', version, set: {} }, how, true)]);
  return { is: 'declined' };
}

function isTooOld({ body, recordedAt }: RuleChanged, { clock }: ActDeps): boolean {
  return body.by !== undefined && clock.now() - recordedAt > APPROVED_WITHIN_MS;
}

function proposedIn({ proposals }: RulesOnRecord): readonly string[] {
  return proposals.map(({ body }) => body.id);
}

function unknown(id: string, names: readonly string[]): Acted {
  return { is: 'unknown', meant: nearest(id, names) };
}

function namesIn({ items }: RulesOnRecord, what: What): readonly string[] {
  return [...items.values()].flatMap(({ row }) => (row.what === what ? [row.id] : []));
}

/** Of one name: a lexicon comes before the rule that may need it, and goes after it. */
function proposalOf(
  { id, at }: { readonly id: string; readonly at?: Position },
  { proposals }: RulesOnRecord,
): RuleChanged | undefined {
  if (at !== undefined) return proposals.find(({ position }) => position === at);
  const named = proposals.filter(({ body }) => body.id === id);
  const comes = named.find(({ body }) => body.what === 'lexicon' && body.text !== undefined);
  return comes ?? named.find(({ body }) => body.what === 'rule') ?? named[0];
}

/** Against what is in force now. */
function proposedChange({ body }: RuleChanged, onRecord: RulesOnRecord): ItemChange | undefined {
  const { what, id, version, text, set } = body;
  const before = onRecord.items.get(itemKey(body));
  if (text !== undefined) {
    const written = readText(what, id, text);
    return written === undefined ? undefined : changeTo(written, before);
  }
  if (set === undefined) return before === undefined ? undefined : { what, id, change: 'removed', version };
  const rule = onRecord.set.rules.find((one) => one.id === id);
  return rule === undefined ? undefined : switchTo(rule, set);
}

/** The command ran before, and its answer was lost. */
async function doneBefore(what: What, { id, event }: By & { readonly id: string }, deps: ActDeps) {
  const rows = await deps.journal.views.read((reading) => changesOf(reading, { what, id, limit: LOOKED_BACK }));
  const entries = await changesAt(
    deps.journal,
    rows.map(({ position }) => position),
  );
  const mine = entries.find(({ source }) => source.id === actSource(event));
  return mine === undefined ? undefined : ({ is: 'done', what, change: mine.body.change } as const);
}
