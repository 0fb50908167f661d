/** `gatehouse config check|example|schema`. */
import { exampleConfig, exampleHead } from '../config/example.ts';
import { configJsonSchema } from '../config/json-schema.ts';
import { loadConfig } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { renderConfig } from '../config/render.ts';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import { DONE, WRONG_USAGE, type ExitCode } from './exit-code.ts';

interface CheckOptions {
  readonly config: string;
  readonly json: boolean;
}

export const register: Register = (program, deps) => {
  const config = program.command('config').description('check the config file, or print an example or its schema');
  withJson(withConfig(config.command('check').description('say everything that is wrong with the config file'))).action(
    async (options: CheckOptions) => {
      deps.end(await check(options, deps));
    },
  );
  config
    .command('example')
    .description('print an example config with every section')
    .action(() => {
      deps.terminal.out(renderConfig(exampleConfig, exampleHead).trimEnd());
    });
  config
    .command('schema')
    .description('print the JSON schema of the config file')
    .action(() => {
      deps.terminal.out(JSON.stringify(configJsonSchema(), undefined, 2));
    });
};

/** With `--json` a line for each problem: {path, message, fix}. */
async function check(options: CheckOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal, cwd, env, connectorTypes } = deps;
  const config = await loadConfig(options.config, { cwd, env, connectorTypes });
  if (!config.ok) {
    for (const problem of config.error) terminal.out(options.json ? JSON.stringify(problem) : problemText(problem));
    return WRONG_USAGE;
  }
  if (options.json) return DONE;
  const { lines, desks, inactive } = config.value;
  terminal.out(`✓ ${options.config}: ${counted(lines.length, 'line')}, ${counted(desks.length, 'desk')}`);
  if (inactive.length > 0) terminal.out(`! not active in this version: ${inactive.join(', ')}`);
  return DONE;
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
