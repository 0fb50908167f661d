/** Loads the config for a command, or says what is wrong with it. */
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import type { CliDeps } from './deps.ts';
import { complain } from './terminal.ts';

/** Undefined when there is a problem; it has been told then, and the exit code is 2. */
export async function loadOrComplain(file: string, deps: CliDeps): Promise<Config | undefined> {
  const { cwd, env, connectorTypes } = deps;
  const config = await loadConfig(file, { cwd, env, connectorTypes });
  if (config.ok) return config.value;
  const count = config.error.length;
  complain(deps.terminal, `${file} can't be used (${count === 1 ? 'one problem' : `${String(count)} problems`}):`);
  for (const problem of config.error) deps.terminal.err(`  ${problemText(problem)}`);
  return undefined;
}
