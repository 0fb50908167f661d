/** `gatehouse register`: writes both registrations again, from the config and its secrets. */
import { resolve } from 'node:path';
import type { Config, Tokens } from '../config/config.ts';
import { withConfig, type CommandDeps, type Register } from './command.ts';
import { DONE, WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { homeserverLines } from './init/next-steps.ts';
import { loadOrComplain } from './load-or-complain.ts';
import { registrationFiles, type RegistrationInput } from './registration-files.ts';
import { SECRET_MODE, writeWholeFile } from './write-file.ts';

interface RegisterOptions {
  readonly config: string;
}

export const register: Register = (program, deps) => {
  withConfig(program.command('register').description('write both registrations again from config and secrets')).action(
    async (options: RegisterOptions) => {
      deps.end(await writeRegistrations(options, deps));
    },
  );
};

async function writeRegistrations(options: RegisterOptions, deps: CommandDeps): Promise<ExitCode> {
  const config = await loadOrComplain(options.config, deps);
  if (config === undefined) return WRONG_USAGE;
  const files = registrationFiles(registrationInput(config));
  for (const file of files) {
    writeWholeFile(resolve(deps.cwd, file.name), file.text, SECRET_MODE);
    deps.terminal.out(`✓ ${file.name} (0600)`);
  }
  deps.terminal.out('');
  for (const line of homeserverLines(deps.cwd)) deps.terminal.out(line);
  return DONE;
}

function registrationInput(config: Config): RegistrationInput {
  const { domain, reachUsAt, tokens } = config.homeserver;
  return {
    domain,
    reachUsAt,
    tokens: { bridge: revealed(tokens.bridge), archive: revealed(tokens.archive) },
    networks: [...new Set(config.lines.map((line) => line.network))],
  };
}

function revealed(tokens: Tokens): { readonly as: string; readonly hs: string } {
  return { as: tokens.as.reveal(), hs: tokens.hs.reveal() };
}
