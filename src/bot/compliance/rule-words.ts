/** Changes of rules in words: for the answers of a desk, and for what every desk is told. */
import { problemLines, type Named } from '../../policy/rules/load-files.ts';
import type { RuleProblem } from '../../policy/rule-problem.ts';
import { inertLines } from '../quote.ts';

/** Names that one line holds. */
const MOST_NAMES = 12;

const doing = { added: 'new', changed: 'changed', removed: 'removed', switched: 'switched' } as const;

/** card-number changed, iban new, old-one removed */
export function changesWords(changes: readonly Named[]): string {
  const names = changes.slice(0, MOST_NAMES).map(({ id, change }) => `${id} ${doing[change]}`);
  const more = changes.length - MOST_NAMES;
  return `${names.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

export function problemsWords(problems: readonly RuleProblem[]): string {
  return inertLines(problemLines(problems).join('\n'));
}
