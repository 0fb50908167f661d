/** The command line: `gatehouse <command>` (DESIGN 11). */
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { maskText } from '../telemetry/mask.ts';
import type { Register } from './command.ts';
import { register as backup } from './backup.ts';
import { register as carrier } from './carrier.ts';
import { register as config } from './config.ts';
import { register as demo } from './demo.ts';
import type { CliDeps } from './deps.ts';
import { register as doctor } from './doctor.ts';
import { DONE, FAILED, WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { register as hold } from './hold.ts';
import { register as init } from './init.ts';
import { register as journal } from './journal.ts';
import { register as policy } from './policy.ts';
import { register as prove } from './prove.ts';
import { register as rebuild } from './rebuild.ts';
import { register as reconcile } from './reconcile.ts';
import { register as registrations } from './register.ts';
import { register as retention } from './retention.ts';
import { register as restore } from './restore.ts';
import { register as run } from './run.ts';
import { register as search } from './search.ts';
import { complain } from './terminal.ts';
import { register as verify } from './verify.ts';

const MOST_WORDS = 500;
const thrown = z.object({ message: z.string() });

const commands: readonly Register[] = [
  init,
  registrations,
  config,
  doctor,
  run,
  search,
  journal,
  verify,
  prove,
  rebuild,
  reconcile,
  policy,
  hold,
  retention,
  backup,
  restore,
  demo,
  carrier,
];

/** Runs one command; `argv` is what follows the program's name. Resolves with the exit code, and never throws. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<ExitCode> {
  let code: ExitCode = DONE;
  const end = (ended: ExitCode): void => {
    code = ended;
  };
  const program = newProgram(deps);
  for (const register of commands) register(program, { ...deps, end });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    complain(deps.terminal, maskText(thrown.safeParse(error).data?.message ?? 'an unknown failure', MOST_WORDS));
    return FAILED;
  }
}

function newProgram(deps: CliDeps): Command {
  return new Command('gatehouse')
    .description('Staff answer SMS and consumer IM from Element; every message is on the record before it moves.')
    .version(deps.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        deps.terminal.out(text.trimEnd());
      },
      writeErr: (text) => {
        deps.terminal.err(text.trimEnd());
      },
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(gatehouse help <command> says more)');
}
