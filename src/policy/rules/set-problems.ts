/** What only shows when all files are seen together: names used twice, too many. Names of nothing the engine finds. */
import type { ConfigProblem } from '../../config/problem.ts';
import type { Lexicon } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { MOST_LEXICONS, MOST_RULES } from './policy-file.ts';
import type { PlacedRule } from './read-rule-file.ts';

export interface PlacedLexicon {
  readonly lexicon: Lexicon;
  readonly file: string;
}

export function setProblems(rules: readonly PlacedRule[], lexicons: readonly PlacedLexicon[]): readonly RuleProblem[] {
  return [...rulesTwice(rules), ...lexiconsTwice(lexicons), ...tooMany(rules, lexicons)];
}

function rulesTwice(rules: readonly PlacedRule[]): readonly RuleProblem[] {
  const first = new Map<string, string>();
  return rules.flatMap((placed) => {
    const { rule, path } = placed;
    const file = placed.fileAt(['id']);
    const before = first.get(rule.id);
    if (before === undefined) first.set(rule.id, file);
    const message = `another rule is called ${rule.id} (${before ?? ''})`;
    return before === undefined ? [] : [{ file, path: `${path}.id`, message, fix: 'give one of them another id' }];
  });
}

function lexiconsTwice(lexicons: readonly PlacedLexicon[]): readonly RuleProblem[] {
  const first = new Map<string, string>();
  return lexicons.flatMap(({ lexicon, file }) => {
    const before = first.get(lexicon.id);
    if (before === undefined) first.set(lexicon.id, file);
    const message = `another lexicon is called ${lexicon.id} (${before ?? ''})`;
    return before === undefined ? [] : [{ file, path: '', message, fix: 'give one of the files another name' }];
  });
}

function tooMany(rules: readonly PlacedRule[], lexicons: readonly PlacedLexicon[]): readonly RuleProblem[] {
  const ruleTooMany = rules[MOST_RULES];
  const lexiconTooMany = lexicons[MOST_LEXICONS];
  return [
    ...(ruleTooMany === undefined
      ? []
      : [{ file: ruleTooMany.fileAt([]), path: ruleTooMany.path, ...tooManyWords('rules', MOST_RULES) }]),
    ...(lexiconTooMany === undefined
      ? []
      : [{ file: lexiconTooMany.file, path: '', ...tooManyWords('lexicons', MOST_LEXICONS) }]),
  ];
}

function tooManyWords(what: string, most: number): Pick<ConfigProblem, 'message' | 'fix'> {
  return { message: `there are more than ${String(most)} ${what} in all files`, fix: 'join or remove some' };
}
