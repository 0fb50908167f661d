/** The files of rules and lexicons that the config names, as they lie on disk. */
import { glob, readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../../core/result.ts';
import { MOST_FILE_BYTES, MOST_FILES, type PolicyFile } from './policy-file.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { utf8Text } from './utf8.ts';

/** Patterns as in the config, such as `config/policy/*.yaml`; relative ones start at `cwd`. */
export interface Where {
  readonly rules: string;
  readonly lexicons: string;
}

const systemError = z.object({ code: z.string() });

export interface FilesOnDisk {
  /** Those that could be read, in the order of their names. */
  readonly files: readonly PolicyFile[];
  readonly problems: readonly RuleProblem[];
}

export async function filesOnDisk(where: Where, cwd: string): Promise<FilesOnDisk> {
  const read = [...(await filesOf(where.rules, 'rules', cwd)), ...(await filesOf(where.lexicons, 'lexicon', cwd))];
  return {
    files: read.flatMap((one) => (one.ok ? [one.value] : [])),
    problems: read.flatMap((one) => (one.ok ? [] : [one.error])),
  };
}

/** In the order of their names. No rules at all are a problem: who asks for a check means to have some. */
export async function policyFiles(
  where: Where,
  cwd: string,
): Promise<Result<readonly PolicyFile[], readonly RuleProblem[]>> {
  const { files, problems } = await filesOnDisk(where, cwd);
  if (problems.length > 0) return err(problems);
  return files.some(({ is }) => is === 'rules') ? ok(files) : err([noRules(where.rules)]);
}

/** Where the pattern finds none. */
export function noRules(pattern: string): RuleProblem {
  const fix = 'put the rules there (docs/policy-rules.md), or set policy.rules in the config to where they are';
  return { file: pattern, path: '', message: 'no file of rules is there', fix };
}

/** One more than may be read, at most: the reader of rules says that they are too many. */
async function filesOf(
  pattern: string,
  is: PolicyFile['is'],
  cwd: string,
): Promise<readonly Result<PolicyFile, RuleProblem>[]> {
  const paths: string[] = [];
  for await (const path of glob(resolve(cwd, pattern))) {
    if (paths.length <= MOST_FILES) paths.push(path);
  }
  const read: Result<PolicyFile, RuleProblem>[] = [];
  for (const path of paths.toSorted()) {
    const file = await fileOf(path, is, relative(cwd, path));
    if (file !== undefined) read.push(file);
  }
  return read;
}

/** Undefined for a folder. */
async function fileOf(
  path: string,
  is: PolicyFile['is'],
  shown: string,
): Promise<Result<PolicyFile, RuleProblem> | undefined> {
  const name = shown.startsWith('..') ? path : shown;
  const refuse = (message: string, fix: string): Result<PolicyFile, RuleProblem> =>
    err({ file: name, path: '', message, fix });
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    if (found.size > MOST_FILE_BYTES) return refuse('is larger than 1 MB', 'divide it into several files');
    const text = utf8Text(await readFile(path));
    return text === undefined ? refuse('is not UTF-8', 'save it as UTF-8') : ok({ name, text, is });
  } catch (error) {
    const code = systemError.safeParse(error).data?.code ?? 'unknown error';
    return refuse(`can't be read (${code})`, 'check its owner and mode');
  }
}
