/** One file of rules: its rules with where they stand, or everything that is wrong with it. */
import type { ConfigProblem } from '../../config/problem.ts';
import { parseWritten, type Written } from '../../config/written.ts';
import { issueWords, toProblems } from '../../config/zod-problems.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Rule } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { fileAt, MOST_PROBLEMS, type PolicyFile } from './policy-file.ts';
import { exampleRules } from './rule-example.ts';
import { ruleFile } from './rule-schema.ts';

/** A rule and where it is written; `lineOf` takes a path inside the rule. */
export interface PlacedRule {
  readonly rule: Rule;
  /** `rules[3]` */
  readonly path: string;
  readonly fileAt: (inside: readonly PropertyKey[]) => string;
}

const MOST_DEPTH = 40;

export function readRuleFile({ name, text }: PolicyFile): Result<readonly PlacedRule[], readonly RuleProblem[]> {
  const written = parseWritten(text, exampleRules.see);
  if (!written.ok) return err(written.error.map(({ line, ...problem }) => ({ ...problem, file: fileAt(name, line) })));
  const { value } = written.value;
  const unfit = unfitWords(value);
  if (unfit !== undefined) return err([{ file: name, path: '', ...unfit }]);
  if (Array.isArray(value)) return err([{ file: fileAt(name, 1), path: '', ...bareList }]);
  const parsed = ruleFile.safeParse(value, { error: issueWords });
  if (!parsed.success) return err(problemsOf(name, parsed.error.issues, written.value));
  return ok(
    parsed.data.rules.map((rule, i) => ({
      rule,
      path: `rules[${String(i)}]`,
      fileAt: (inside) => fileAt(name, written.value.lineOf(['rules', i, ...inside])),
    })),
  );
}

const bareList = { message: 'is a list', fix: 'write rules: in a line above it, and indent the list by two spaces' };

type Issues = Parameters<typeof toProblems>[0];

/** In the order of their lines. */
function problemsOf(name: string, issues: Issues, written: Written): readonly RuleProblem[] {
  const within = { base: [], known: [], example: exampleRules };
  return toProblems(issues, within)
    .map((problem) => ({ problem, line: written.lineOf(keysOf(problem)) }))
    .toSorted((a, b) => a.line - b.line)
    .slice(0, MOST_PROBLEMS)
    .map(({ problem, line }) => ({ ...problem, file: fileAt(name, line) }));
}

/** The reverse of `pathText`, for paths whose keys are words: `rules[0].when` is rules, 0, when. */
function keysOf({ path }: ConfigProblem): readonly PropertyKey[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/gu)].map(([key, index]) => (index === undefined ? key : Number(index)));
}

/** What no schema can say well; breadth first, so that looking needs no stack. */
function unfitWords(value: unknown): Pick<RuleProblem, 'message' | 'fix'> | undefined {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEPTH) {
      return { message: 'is nested too deeply', fix: `use at most ${String(MOST_DEPTH)} levels` };
    }
    if (level.some((one) => typeof one === 'string' && !one.isWellFormed())) {
      return { message: 'holds half a character (\\uD800 to \\uDFFF)', fix: 'write the character itself' };
    }
    level = level.flatMap((one): readonly unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
  }
  return undefined;
}
