/** Whether anything is judged at all in a direction: without a rule for it nobody is asked. */
import type { Direction } from '../../core/entry.ts';
import type { Rule, RuleSet } from '../rule.ts';
import { ruleSetOf } from '../rules/rule-set.ts';

/** The rules in force; undefined where there never were any. `rules/rules-in-force.ts` keeps them. */
export interface Rules {
  current(): RuleSet | undefined;
}

/** What a message is let go by where no rule is in force: the digest of no rules. */
export const noRules = ruleSetOf([], []).digest;

/** The set in force, where a rule of it is enabled that holds for what goes this way. */
export function setFor(direction: Direction, rules: Rules): RuleSet | undefined {
  const set = rules.current();
  const isHeld = set?.rules.some((rule) => rule.enabled && directionsOf(rule).includes(direction)) === true;
  return isHeld ? set : undefined;
}

const everywhere: readonly Direction[] = ['inbound', 'outbound', 'internal', 'external'];

export function directionsOf({ scope }: Pick<Rule, 'scope'>): readonly Direction[] {
  return scope.directions ?? everywhere;
}
