/** Tries one rule on texts, as `policy test` does: nothing of it goes on record. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { MessageContext } from '../message.ts';
import { quotedIn } from '../normalise/quotes.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { Scanning } from '../scan.ts';
import type { RuleHit } from '../verdict.ts';
import { setToTry, type RuleToTry } from './rule-to-try.ts';

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
export async function tryRule(tried: RuleToTry, text: string, deps: TrialDeps): Promise<Tried> {
  const [first] = await tryOnTexts(tried, [text], deps);
  return first ?? { is: 'failed' };
}

/** One result for each text, in their order. */
export async function tryOnTexts(
  { rule, lexicons }: RuleToTry,
  texts: readonly string[],
  deps: TrialDeps,
): Promise<readonly Tried[]> {
  const { directions } = rule.scope;
  const set = setToTry({ rule: { ...rule, scope: directions === undefined ? {} : { directions } }, lexicons });
  await using trial = deps.trial();
  const compiled = await trial.use(set);
  if (!compiled.ok) return texts.map(() => ({ is: 'unfit', problems: compiled.problems }));
  const context: MessageContext = {
    ...{ direction: directions?.[0] ?? 'outbound', at: deps.clock.now(), sender: '' },
    ...{ senderGroups: [], tags: [], before: [] },
    ...(deps.country === undefined ? {} : { country: deps.country }),
  };
  const tried: Tried[] = [];
  for (const text of texts) {
    const body = { what: 'body', text, quoted: quotedIn(text) } as const;
    const content = createHash('sha256').update(text).digest('hex');
    const verdict = await trial.judge({ pieces: [body], unread: [], content }, context, DEADLINE_MS);
    tried.push(verdict.failed === undefined ? { is: 'judged', hit: verdict.hits[0] } : { is: 'failed' });
  }
  return tried;
}
