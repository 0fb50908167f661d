/** The rule that somebody wants to try: as it is proposed, as it is on record, or as a file says it that is not loaded. */
import type { Backtested } from '../../core/policy-entries.ts';
import { nearest } from '../../core/nearest.ts';
import type { Condition, Lexicon, Rule, RuleSet } from '../rule.ts';
import { readRules } from './read-rules.ts';
import type { FilesOnDisk } from './rule-files.ts';
import { ruleSetOf } from './rule-set.ts';
import { readText } from './rule-text.ts';
import { switchedRule, type RuleChanged, type RulesOnRecord } from './rules-on-record.ts';

/** Where the rule was found. */
export type As = NonNullable<Backtested['as']>;

export interface RuleToTry {
  readonly as: As;
  readonly rule: Rule;
  /** Those that the rule may name, as they would be with it. */
  readonly lexicons: readonly Lexicon[];
}

export type Found = { readonly found: RuleToTry } | { readonly found: undefined; readonly meant: string | undefined };

/** A proposal first: what is asked about is what may come. Files are read only for a rule that is not on record. */
export async function ruleToTry(
  id: string,
  onRecord: RulesOnRecord,
  files: () => Promise<FilesOnDisk>,
): Promise<Found> {
  const proposed = proposedRule(id, onRecord);
  if (proposed !== undefined) return { found: proposed };
  const { rules, lexicons } = onRecord.set;
  const rule = rules.find((one) => one.id === id);
  if (rule !== undefined) return { found: { as: rule.enabled ? 'in-force' : 'off', rule, lexicons } };
  const read = readRules((await files()).files);
  const inFiles = read.ok ? read.value.rules.find((one) => one.id === id) : undefined;
  if (read.ok && inFiles !== undefined) {
    return { found: { as: 'in-files', rule: inFiles, lexicons: overlaid(lexicons, read.value.lexicons) } };
  }
  const names = [...rules, ...(read.ok ? read.value.rules : [])].map((one): string => one.id);
  return { found: undefined, meant: nearest(id, names) };
}

/** Enabled, with only the lexicons that it names: what is left to decide is where it holds. */
export function setToTry({ rule, lexicons }: Pick<RuleToTry, 'rule' | 'lexicons'>): RuleSet {
  const named = lexiconsIn(rule.when);
  return ruleSetOf(
    [{ ...rule, enabled: true }],
    lexicons.filter(({ id }) => named.has(id)),
  );
}

function proposedRule(id: string, { proposals, set }: RulesOnRecord): RuleToTry | undefined {
  const proposal = proposals.find(({ body }) => body.what === 'rule' && body.id === id)?.body;
  if (proposal === undefined) return undefined;
  const lexicons = overlaid(set.lexicons, proposals.flatMap(proposedLexicon));
  if (proposal.text !== undefined) {
    const written = readText('rule', id, proposal.text);
    return written?.what === 'rule' ? { as: 'proposed', rule: written.item, lexicons } : undefined;
  }
  const rule = set.rules.find((one) => one.id === id);
  if (rule === undefined || proposal.set === undefined) return undefined;
  return { as: 'proposed', rule: switchedRule(rule, proposal.set), lexicons };
}

function proposedLexicon({ body }: RuleChanged): readonly Lexicon[] {
  const written =
    body.what === 'lexicon' && body.text !== undefined ? readText('lexicon', body.id, body.text) : undefined;
  return written?.what === 'lexicon' ? [written.item] : [];
}

function overlaid(below: readonly Lexicon[], above: readonly Lexicon[]): readonly Lexicon[] {
  return [...new Map([...below, ...above].map((lexicon) => [lexicon.id, lexicon])).values()];
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
