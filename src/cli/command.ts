/** How a command is put into the program: its options, its exit code, its errors in plain words. */
import type { Command } from 'commander';
import type { CliDeps } from './deps.ts';
import type { ExitCode } from './exit-code.ts';

/** What every command is registered with; `end` takes its exit code. */
export interface CommandDeps extends CliDeps {
  readonly end: (code: ExitCode) => void;
}

export type Register = (program: Command, deps: CommandDeps) => void;

const CONFIG = 'config/gatehouse.yaml';

/** Adds `--config FILE`. */
export function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the config file', CONFIG);
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON object a line', false);
}
