/** All rules and lexicons as one value with a name of its own: the digest. */
import { createHash } from 'node:crypto';
import { isJsonObject, jcs, parseJson } from '../../core/json.ts';
import type { Lexicon, Rule, RuleSet } from '../rule.ts';

/** In the order of their ids: in which file a rule stands, and where, makes no other set. */
export function ruleSetOf(rules: readonly Rule[], lexicons: readonly Lexicon[]): RuleSet {
  const sorted = {
    rules: rules.toSorted((a, b) => order(a.id, b.id)),
    lexicons: lexicons.toSorted((a, b) => order(a.id, b.id)),
  };
  return { digest: digestOf(sorted), ...sorted };
}

/** By UTF-16 units, the same on every computer. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function digestOf(set: Omit<RuleSet, 'digest'>): string {
  const plain = parseJson(JSON.stringify(set));
  if (!isJsonObject(plain)) throw new Error('a rule set is a map');
  return createHash('sha256').update(jcs(plain)).digest('hex');
}
