/** `gatehouse run`: the program itself, until it is told to stop. */
import { aborted } from './aborted.ts';
import { inactiveSettings } from '../config/config.ts';
import { withConfig, type CommandDeps, type Register } from './command.ts';
import { DONE, FAILED, WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { loadOrComplain } from './load-or-complain.ts';
import { complain } from './terminal.ts';

interface RunOptions {
  readonly config: string;
  readonly roles?: string;
}

export const register: Register = (program, deps) => {
  withConfig(program.command('run').description('run Gatehouse until SIGTERM or SIGINT'))
    .option('--roles <list>', 'only these parts: bridge,archive,desk,jobs,webhooks (with PostgreSQL)')
    .action(async (options: RunOptions) => {
      deps.end(await run(options, deps));
    });
};

async function run(options: RunOptions, deps: CommandDeps): Promise<ExitCode> {
  if (options.roles !== undefined) {
    complain(deps.terminal, '--roles is not active in this version: one process does everything. Leave it out.');
    return WRONG_USAGE;
  }
  const config = await loadOrComplain(options.config, deps);
  if (config === undefined) return WRONG_USAGE;
  const inactive = inactiveSettings(config);
  if (inactive.length > 0) complain(deps.terminal, `not active in this version: ${inactive.join(', ')}`);
  const app = await deps.program.createApp(config);
  if (!app.ok) {
    complain(deps.terminal, app.error);
    return FAILED;
  }
  await using running = app.value;
  deps.onHangup(() => {
    running.reloadRules();
  });
  const failure = await Promise.race([running.failed, aborted(deps.signal)]);
  if (failure === undefined) return DONE;
  complain(deps.terminal, failure);
  return FAILED;
}
