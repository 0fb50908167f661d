/** The card of a change of rules that waits for a second officer: what is so now, what would be. */
import type { RuleChanged, RulesOnRecord } from '../../policy/rules/rules-on-record.ts';
import { switchedRule } from '../../policy/rules/rules-on-record.ts';
import { oneLine } from '../quote.ts';
import { personShown } from './ended-words.ts';
import { doingOf, textLines } from './rule-shown.ts';
import { NO, YES } from './tap.ts';

/** Lines of a rule's text that stand on a card. */
const MOST_LINES = 12;

export function ruleCardHead({ body }: RuleChanged): string {
  const { what, id, by } = body;
  const who = by === undefined ? 'by the files' : `by ${personShown(by)}`;
  return `${what === 'rule' ? 'Rule' : 'Lexicon'} ${id} · change proposed ${who}`;
}

export function openRuleCard(proposal: RuleChanged, onRecord: RulesOnRecord): string {
  const { id, what } = proposal.body;
  const show = what === 'rule' ? `   !c rule show ${id}` : '';
  return [ruleCardHead(proposal), ...changeLines(proposal, onRecord), `${YES} approve   ${NO} reject${show}`].join(
    '\n',
  );
}

function changeLines({ body }: RuleChanged, { set, items }: RulesOnRecord): readonly string[] {
  const { what, id, text, set: switches } = body;
  const rule = what === 'rule' ? set.rules.find((one) => one.id === id) : undefined;
  const now = rule === undefined ? [] : [`Now: ${doingOf(rule)}`];
  if (text === undefined) {
    const then = switches === undefined || rule === undefined ? 'removed' : doingOf(switchedRule(rule, switches));
    return [...now, `Then: ${then}`];
  }
  const isNew = !items.has(`${what} ${id}`);
  if (what === 'lexicon') return [isNew ? 'A new list of words.' : 'Other words than now.'];
  const lines = textLines(text);
  const more = lines.length > MOST_LINES ? ['…'] : [];
  return [...now, isNew ? 'A new rule:' : 'Then:', ...lines.slice(0, MOST_LINES).map(oneLine), ...more];
}
