/** Tries one rule on one text, as `policy test` does: nothing of it goes on record. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { MessageContext } from '../message.ts';
import { quotedIn } from '../normalise/quotes.ts';
import type { Condition, Rule, RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { Scanning } from '../scan.ts';
import type { RuleHit } from '../verdict.ts';
import { ruleSetOf } from './rule-set.ts';

/** A thread of its own, ended after use. */
export type Trial = Pick<Scanning, 'use' | 'judge'> & AsyncDisposable;

export type Tried =
  | { readonly is: 'judged'; readonly hit: RuleHit | undefined }
  | { readonly is: 'unfit'; readonly problems: readonly RuleProblem[] }
  /** The engine took too long, or broke. */
  | { readonly is: 'failed' };

export interface TrialDeps {
  readonly trial: () => Trial;
  readonly clock: Pick<Clock, 'now'>;
  /** Where phone numbers without a country are read: ISO 3166. */
  readonly country?: string | undefined;
}

const DEADLINE_MS = 10_000;

/** As if the text stood where the rule holds; a rule that is switched off is tried as well. */
export async function tryRule(rule: Rule, text: string, { lexicons }: RuleSet, deps: TrialDeps): Promise<Tried> {
  const { directions } = rule.scope;
  const tried = { ...rule, enabled: true, scope: directions === undefined ? {} : { directions } };
  const named = lexiconsIn(rule.when);
  const set = ruleSetOf(
    [tried],
    lexicons.filter(({ id }) => named.has(id)),
  );
  await using trial = deps.trial();
  const compiled = await trial.use(set);
  if (!compiled.ok) return { is: 'unfit', problems: compiled.problems };
  const context: MessageContext = {
    ...{ direction: directions?.[0] ?? 'outbound', at: deps.clock.now(), sender: '' },
    ...{ senderGroups: [], tags: [], before: [] },
    ...(deps.country === undefined ? {} : { country: deps.country }),
  };
  const body = { what: 'body', text, quoted: quotedIn(text) } as const;
  const content = createHash('sha256').update(text).digest('hex');
  const verdict = await trial.judge({ pieces: [body], unread: [], content }, context, DEADLINE_MS);
  return verdict.failed === undefined ? { is: 'judged', hit: verdict.hits[0] } : { is: 'failed' };
}

function lexiconsIn(when: Condition): ReadonlySet<string> {
  switch (when.is) {
    case 'lexicon':
      return new Set([when.lexicon]);
    case 'any':
    case 'all':
      return new Set(when.of.flatMap((one) => [...lexiconsIn(one)]));
    case 'near':
      return new Set([...lexiconsIn(when.first), ...lexiconsIn(when.second)]);
    default:
      return new Set();
  }
}
