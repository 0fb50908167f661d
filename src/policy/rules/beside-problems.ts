/**
 * The engine's problems with files that have others as well, so that whoever mends them mends all in one go: what of them
 * reads well is a set of its own, to be compiled for what is wrong with it and for nothing else.
 */
import { parseWritten } from '../../config/written.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Lexicon, Rule, RuleSet } from '../rule.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { readLexiconFile } from './lexicon-file.ts';
import { located } from './located.ts';
import { fileProblem, MOST_FILES, MOST_RULES, type PolicyFile } from './policy-file.ts';
import { oneRule } from './rule-schema.ts';
import { ruleSetOf } from './rule-set.ts';

/** `compile` says what the engine has against a set. In the order of the files, and of their lines. */
export async function besideProblems(
  problems: readonly RuleProblem[],
  files: readonly PolicyFile[],
  compile: (set: RuleSet) => readonly RuleProblem[] | Promise<readonly RuleProblem[]>,
): Promise<readonly RuleProblem[]> {
  const readable = files.slice(0, MOST_FILES).filter((file) => fileProblem(file) === undefined);
  const rules = new Map(readable.flatMap(soundRules).map((rule) => [rule.id, rule]));
  if (rules.size === 0) return problems;
  const lexicons = new Map(readable.flatMap(soundLexicon).map((lexicon) => [lexicon.id, lexicon]));
  const found = await compile(ruleSetOf([...rules.values()].slice(0, MOST_RULES), [...lexicons.values()]));
  // A lexicon that could not be read is missed by every rule that names it: only its own problem is told.
  const own = found.filter(({ path }) => path.endsWith('.pattern'));
  return [...problems, ...located(own, readable)].toSorted(byPlace);
}

/** Of a rule that has a problem elsewhere, what it looks for. */
function soundRules({ is, text }: PolicyFile): readonly Rule[] {
  const written = is === 'rules' ? parseWritten(text, '') : undefined;
  const value = written?.ok === true ? written.value.value : undefined;
  const rules: unknown = isJsonObject(value) ? value['rules'] : undefined;
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((given: unknown): readonly Rule[] => {
    if (!isJsonObject(given)) return [];
    const read = oneRule.safeParse({ id: given['id'], says: 'x', when: given['when'], then: 'observe' });
    return read.success ? [read.data] : [];
  });
}

function soundLexicon(file: PolicyFile): readonly Lexicon[] {
  const read = file.is === 'lexicon' ? readLexiconFile(file) : undefined;
  return read?.ok === true ? [read.value] : [];
}

function byPlace(a: RuleProblem, b: RuleProblem): number {
  const [left, right] = [placeOf(a), placeOf(b)];
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line;
}

function placeOf({ file }: RuleProblem): { readonly file: string; readonly line: number } {
  const [, name = file, line = '0'] = /^(.*):(\d+)$/u.exec(file) ?? [];
  return { file: name, line: Number(line) };
}
