/** The rules as they lie on disk, and the judge that they make; or everything that is wrong with them. */
import { randomBytes } from 'node:crypto';
import { err, ok, type Result } from '../../core/result.ts';
import { allDetectors } from '../../policy/detectors/all-detectors.ts';
import { createJudge } from '../../policy/engine/judge.ts';
import type { Rule, RuleSet } from '../../policy/rule.ts';
import { besideProblems } from '../../policy/rules/beside-problems.ts';
import { located } from '../../policy/rules/located.ts';
import type { KnownNames } from '../../policy/rules/known-names.ts';
import { readRules } from '../../policy/rules/read-rules.ts';
import type { RuleProblem } from '../../policy/rule-problem.ts';
import type { Judge } from '../../policy/verdict.ts';
import { policyFiles, type Where } from '../../policy/rules/rule-files.ts';

export interface RulesInFiles {
  readonly set: RuleSet;
  readonly judge: Judge;
  readonly files: number;
}

/** Read, checked and compiled, those that are switched off too; `judged` says as what a rule is judged. */
export async function rulesInFiles(
  where: Where & { readonly known?: KnownNames },
  cwd: string,
  judged: (rule: Rule) => Rule = asWritten,
): Promise<Result<RulesInFiles, readonly RuleProblem[]>> {
  const files = await policyFiles(where, cwd);
  if (!files.ok) return files;
  const read = readRules(files.value, where.known);
  if (!read.ok) {
    const beside = await besideProblems(read.error, files.value, (some) => {
      const made = judgeOf(some);
      return made.ok ? [] : made.error;
    });
    return err(beside);
  }
  const set = read.value;
  const judge = judgeOf({ ...set, rules: set.rules.map(judged) });
  if (!judge.ok) return err(located(judge.error, files.value));
  return ok({ set, judge: judge.value, files: files.value.length });
}

function judgeOf(set: RuleSet): ReturnType<typeof createJudge> {
  return createJudge(set, { detectors: allDetectors, key: randomBytes(32) });
}

function asWritten(rule: Rule): Rule {
  return rule;
}
