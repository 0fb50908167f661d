/** Reads a config file, and says everything that is wrong with it at once. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../core/result.ts';
import { checkConnectors } from './checks/connectors.ts';
import { checkDesks } from './checks/desks.ts';
import { checkLines } from './checks/lines.ts';
import { checkListeners } from './checks/listeners.ts';
import { checkPeople } from './checks/people.ts';
import { checkPresend } from './checks/presend.ts';
import { checkRetention } from './checks/retention.ts';
import type { Config, ConnectorTypes } from './config.ts';
import { joinConfig } from './join.ts';
import { withPackages } from './package-types.ts';
import { masterKeySource } from './master-key-source.ts';
import type { ConfigProblem } from './problem.ts';
import { redact } from './redact.ts';
import { configSchema, type ParsedConfig } from './schema.ts';
import { secretReader, shownPath, type Surroundings } from './secret-reader.ts';
import { parseWritten } from './written.ts';
import { issueWords, toProblems } from './zod-problems.ts';

export interface LoadOptions extends Partial<Surroundings> {
  readonly connectorTypes: ConnectorTypes;
}

const MOST_BYTES = 1024 * 1024;
const systemError = z.object({ code: z.string() });

/** Every problem names its path and what to do; secrets are read and never part of a problem. */
export async function loadConfig(
  file: string,
  options: LoadOptions,
): Promise<Result<Config, readonly ConfigProblem[]>> {
  const surroundings = { cwd: options.cwd ?? process.cwd(), env: options.env ?? process.env };
  const path = resolve(surroundings.cwd, file);
  const text = await textOf(path, shownPath(surroundings.cwd, path));
  if (!text.ok) return err([text.error]);
  const written = parseWritten(text.value, 'gatehouse config example');
  if (!written.ok) return err(written.error.map(({ path: at, message, fix }) => ({ path: at, message, fix })));
  const parsed = configSchema(secretReader(surroundings)).safeParse(written.value.value, { error: issueWords });
  if (!parsed.success) return err(withoutEchoes(toProblems(parsed.error.issues)));
  const masterKey = masterKeySource(parsed.data.keys, surroundings);
  const { types, faults } = await withPackages(parsed.data.connectors, surroundings.cwd, options.connectorTypes);
  const checked = [...faults, ...checkAll(parsed.data, types, faults)];
  const problems = [...(masterKey.ok ? [] : [masterKey.error]), ...checked];
  if (!masterKey.ok || problems.length > 0) return err(problems);
  const redacted = redact(written.value.value);
  const joining = { file: path, cwd: surroundings.cwd, types, redacted };
  return ok(joinConfig(parsed.data, { ...joining, masterKey: masterKey.value }));
}

/** A key that is missing because it is misspelled is one problem, not two. */
function withoutEchoes(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.filter(({ path, message }) => {
    const key = path.slice(path.lastIndexOf('.') + 1);
    const misspelled = problems.some(
      (other) => parentOf(other.path) === parentOf(path) && other.message === `unknown key (did you mean ${key}?)`,
    );
    return message !== 'is missing' || !misspelled;
  });
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** What only shows when the sections are seen together. */
function checkAll(
  config: ParsedConfig,
  types: ConnectorTypes,
  faults: readonly ConfigProblem[],
): readonly ConfigProblem[] {
  return [
    ...checkListeners(config),
    ...checkConnectors(config, types).filter(({ path }) => !faults.some((fault) => isOfSame(fault.path, path))),
    ...checkPeople(config),
    ...checkLines(config, types),
    ...checkDesks(config),
    ...checkPresend(config),
    ...checkRetention(config, types),
  ];
}

/** Of a connector whose package can't be used it is no news that its type is not known. */
function isOfSame(fault: string, path: string): boolean {
  return path === `${parentOf(fault)}.type`;
}

async function textOf(path: string, shown: string): Promise<Result<string, ConfigProblem>> {
  try {
    if ((await stat(path)).size > MOST_BYTES) {
      return err({ path: shown, message: 'is larger than 1 MB', fix: 'name the right file with --config' });
    }
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const code = systemError.safeParse(error).data?.code ?? 'unknown error';
    if (code === 'ENOENT') {
      return err({
        path: shown,
        message: "doesn't exist",
        fix: 'make it with: gatehouse init; or name another with --config',
      });
    }
    return err({ path: shown, message: `can't be read (${code})`, fix: 'check its owner and mode' });
  }
}
