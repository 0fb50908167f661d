/** Reads everything that a company has written about its rules. Pure: whoever calls has read the files. */
import { err, ok, type Result } from '../../core/result.ts';
import type { RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { readLexiconFile } from './lexicon-file.ts';
import { MOST_FILES, fileProblem, type PolicyFile } from './policy-file.ts';
import { readRuleFile, type PlacedRule } from './read-rule-file.ts';
import { ruleSetOf } from './rule-set.ts';
import { nameProblems, type KnownNames } from './known-names.ts';
import { setProblems, type PlacedLexicon } from './set-problems.ts';

/**
 * One set of all files, or every problem in them: with one wrong rule there is no set, because half a set would let
 * through what the other half was to stop. Each problem says where (`file:line`), what, and what to do. `known` is what
 * the config names; without it, names of tags and groups are not looked at.
 */
export function readRules(files: readonly PolicyFile[], known?: KnownNames): Result<RuleSet, readonly RuleProblem[]> {
  const tooMany = files[MOST_FILES];
  if (tooMany !== undefined) {
    const message = `there are more than ${String(MOST_FILES)} files of rules and lexicons`;
    return err([{ file: tooMany.name, path: '', message, fix: 'join some' }]);
  }
  const problems: RuleProblem[] = [];
  const rules: PlacedRule[] = [];
  const lexicons: PlacedLexicon[] = [];
  for (const file of files) problems.push(...readInto({ rules, lexicons }, file));
  // A lexicon that could not be read would be missed by every rule that names it.
  if (problems.length === 0) problems.push(...setProblems(rules, lexicons), ...nameProblems(rules, known));
  if (problems.length > 0) return err(problems);
  return ok(
    ruleSetOf(
      rules.map(({ rule }) => rule),
      lexicons.map(({ lexicon }) => lexicon),
    ),
  );
}

interface Into {
  readonly rules: PlacedRule[];
  readonly lexicons: PlacedLexicon[];
}

function readInto({ rules, lexicons }: Into, file: PolicyFile): readonly RuleProblem[] {
  const unread = fileProblem(file);
  if (unread !== undefined) return [unread];
  if (file.is === 'rules') {
    const read = readRuleFile(file);
    if (!read.ok) return read.error;
    rules.push(...read.value);
    return [];
  }
  const read = readLexiconFile(file);
  if (!read.ok) return read.error;
  lexicons.push({ lexicon: read.value, file: file.name });
  return [];
}
