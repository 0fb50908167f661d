/** `gatehouse init`: asks what it must know, writes config, secrets and registrations, says what is left to do. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { withConfig, type CommandDeps, type Register } from './command.ts';
import { DONE, FAILED, WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { answersFrom } from './init/answers.ts';
import { install, inTheWay, MASTER_KEY_FILE } from './init/install.ts';
import { adminTokenLines, homeserverLines, recoveryLines } from './init/next-steps.ts';
import { questions, type AnswerName, type Answers } from './init/questions.ts';
import { readRecoverySheet, recoverySheet } from './recovery-sheet.ts';
import { complain } from './terminal.ts';
import { SECRET_MODE, writeFirst } from './write-file.ts';

type InitOptions = Readonly<Partial<Record<AnswerName, string>>> & {
  readonly config: string;
  readonly force: boolean;
  readonly recover: boolean;
  readonly smppPasswordFile?: string;
};

export const register: Register = (program, deps) => {
  const command = withConfig(program.command('init').description('make config, secrets and both registrations'))
    .option('--force', 'replace config and registrations (never a secret)', false)
    .option('--recover', 'only put the master key back, from its recovery sheet', false);
  addFlags(command).action(async (options: InitOptions) => {
    deps.end(options.recover ? await recover(deps) : await init(options, deps));
  });
};

/** Each question has a flag. */
function addFlags(command: Command): Command {
  for (const question of questions) command.addOption(new Option(question.flag, question.help));
  return command;
}

async function init(options: InitOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal, cwd } = deps;
  const there = inTheWay(cwd, options.config);
  if (there.length > 0 && !options.force) {
    complain(
      terminal,
      `${there.join(', ')} exist${there.length === 1 ? 's' : ''} already; --force replaces config and registrations, never a secret`,
    );
    return FAILED;
  }
  const flags = flagsOf(options, deps);
  if (flags === undefined) return WRONG_USAGE;
  const answers = await answersFrom(flags, terminal);
  if (!answers.ok) {
    complain(terminal, answers.error);
    return WRONG_USAGE;
  }
  const networks = [...new Set([...deps.connectorTypes.values()].flatMap((type) => type.networks))];
  const installed = install({ cwd, config: options.config, answers: answers.value, networks });
  terminal.out('');
  for (const line of installed.told) terminal.out(line);
  for (const line of nextSteps(deps, answers.value)) terminal.out(line);
  if (installed.masterKey !== undefined) {
    for (const line of ['', ...recoveryLines(recoverySheet(installed.masterKey))]) terminal.out(line);
  }
  return finish(options.config, deps);
}

/** The password comes in a file, so that it stands in no shell history; undefined when the file can't be read. */
function flagsOf(options: InitOptions, deps: CommandDeps): Answers | undefined {
  const { smppPasswordFile } = options;
  const given = questions.flatMap(({ name }): [AnswerName, string][] => {
    const value = options[name];
    return value === undefined ? [] : [[name, value]];
  });
  const flags: Answers = Object.fromEntries(given);
  if (smppPasswordFile === undefined) return flags;
  try {
    return { ...flags, smppPassword: readFileSync(resolve(deps.cwd, smppPasswordFile), 'utf8').trim() };
  } catch {
    complain(deps.terminal, `--smpp-password-file: ${smppPasswordFile} can't be read`);
    return undefined;
  }
}

function nextSteps(deps: CommandDeps, answers: Answers): readonly string[] {
  return ['', ...homeserverLines(deps.cwd), '', ...adminTokenLines(answers.homeserverUrl ?? '')];
}

/** What was made is checked at once; what is missing on purpose (a password for later) is said, and is no failure. */
async function finish(file: string, deps: CommandDeps): Promise<ExitCode> {
  const { cwd, env, connectorTypes, terminal } = deps;
  const config = await loadConfig(file, { cwd, env, connectorTypes });
  terminal.out('');
  if (config.ok) {
    terminal.out(`Then: gatehouse doctor --config ${file}`);
    return DONE;
  }
  terminal.out('Still to do in the config:');
  for (const problem of config.error) terminal.out(`  ${problemText(problem)}`);
  return DONE;
}

async function recover(deps: CommandDeps): Promise<ExitCode> {
  const { terminal, cwd } = deps;
  if (existsSync(resolve(cwd, MASTER_KEY_FILE))) {
    complain(terminal, `${MASTER_KEY_FILE} exists; move it away first if it is not the right one`);
    return FAILED;
  }
  const key = readRecoverySheet(await sheetLines(deps));
  if (!key.ok) {
    complain(terminal, key.error);
    return FAILED;
  }
  writeFirst(resolve(cwd, MASTER_KEY_FILE), key.value, SECRET_MODE);
  terminal.out(`✓ ${MASTER_KEY_FILE} (0600)`);
  return DONE;
}

async function sheetLines(deps: CommandDeps): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let i = 1; i <= 4; i += 1) {
    const line = await deps.terminal.ask(`Line ${String(i)} of the sheet: `);
    if (line === undefined) break;
    lines.push(line);
  }
  return lines;
}
