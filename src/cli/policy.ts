/** `gatehouse policy check|test`: the rules as they lie in files, without a running process and without a record. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isSupportedCountry } from 'libphonenumber-js';
import { policyFilesByDefault } from '../config/schema/oversight.ts';
import { problemText } from '../config/problem.ts';
import type { Direction } from '../core/entry.ts';
import { fallsShort } from '../policy/judging/falls-short.ts';
import type { RuleProblem } from '../policy/rule-problem.ts';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import { DONE, WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { loadOrComplain } from './load-or-complain.ts';
import { namesOf, type KnownNames } from '../policy/rules/known-names.ts';
import type { Where } from '../policy/rules/rule-files.ts';
import { rulesInFiles } from './policy/rules-in-files.ts';
import { testTexts } from './policy/test-texts.ts';

interface CheckOptions {
  readonly config: string;
  readonly json: boolean;
}
interface TestOptions extends CheckOptions {
  readonly direction: Direction;
  readonly country?: string;
  readonly all: boolean;
}

const directions: readonly Direction[] = ['outbound', 'inbound', 'internal', 'external'];

export const register: Register = (program, deps) => {
  const policy = program.command('policy').description('check the rules in the files, or try them on texts');
  const check = policy.command('check').description('say everything that is wrong with the rules and lexicons');
  withJson(withConfig(check)).action(async (options: CheckOptions, command: Command) => {
    deps.end(await checkRules(options, command, deps));
  });
  const test = policy
    .command('test')
    .description('judge JSON lines {id, text}; prints {id, hits: [{rule, detector, start, end, confidence}]}')
    .argument('<file>', 'the JSON lines')
    .addOption(new Option('--direction <way>', 'as if it went there').choices(directions).default('outbound'))
    .option(
      '--country <code>',
      "where phone numbers without a country are read: US, DE; default, the first line's",
      country,
    )
    .option('--all', 'rules that are switched off too', false);
  withJson(withConfig(test)).action(async (file: string, options: TestOptions, command: Command) => {
    deps.end(await testRules(file, options, { command, deps }));
  });
};

/** With `--json` a line for each problem: {file, path, message, fix}. */
async function checkRules(options: CheckOptions, command: Command, deps: CommandDeps): Promise<ExitCode> {
  const { terminal, cwd } = deps;
  const found = await placeOfRules(options, command, deps);
  if (found === undefined) return WRONG_USAGE;
  const rules = await rulesInFiles(found, cwd);
  if (!rules.ok) {
    for (const problem of rules.error) terminal.out(options.json ? JSON.stringify(problem) : ruleProblemText(problem));
    return WRONG_USAGE;
  }
  if (options.json) return DONE;
  const { set, files } = rules.value;
  const off = set.rules.filter(({ enabled }) => !enabled).length;
  const counts = `${counted(set.rules.length, 'rule')}${off === 0 ? '' : ` (${String(off)} switched off)`}`;
  const lexicons = counted(set.lexicons.length, 'lexicon');
  terminal.out(`✓ ${counts} and ${lexicons} in ${counted(files, 'file')}`);
  terminal.out(`  ${set.digest}`);
  for (const rule of set.rules) {
    for (const note of fallsShort(rule)) terminal.out(`! ${rule.id} (${rule.consequence}), ${note}`);
  }
  return DONE;
}

async function testRules(
  file: string,
  options: TestOptions,
  { command, deps }: { readonly command: Command; readonly deps: CommandDeps },
): Promise<ExitCode> {
  const { terminal, cwd, clock } = deps;
  const found = await placeOfRules(options, command, deps);
  if (found === undefined) return WRONG_USAGE;
  // A text alone stands in no room and has no hour: each rule is asked as if it were where the rule holds.
  const rules = await rulesInFiles(found, cwd, (rule) => ({
    ...rule,
    enabled: rule.enabled || options.all,
    scope: rule.scope.directions === undefined ? {} : { directions: rule.scope.directions },
  }));
  if (!rules.ok) {
    for (const problem of rules.error) terminal.err(ruleProblemText(problem));
    return WRONG_USAGE;
  }
  const readIn = options.country ?? found.country;
  const nowhere = { at: clock.now(), sender: '', senderGroups: [], tags: [], before: [] } as const;
  const context = { ...nowhere, direction: options.direction, ...(readIn === undefined ? {} : { country: readIn }) };
  const asked = { file, json: options.json, judge: rules.value.judge, context };
  return testTexts(asked, deps);
}

/** A parser for commander: ISO 3166, as telephone numbers know it. */
function country(text: string): string {
  const code = text.toUpperCase();
  if (isSupportedCountry(code)) return code;
  throw new InvalidArgumentError('write two letters, such as US or DE.');
}

interface Found extends Where {
  readonly known?: KnownNames;
  readonly country?: string;
}

/**
 * Where the config says that rules are. Rules can be tried before anything is installed: without a config, and without
 * asking for one, they are where they are by default. Undefined when the config has a problem; it has been told then.
 */
async function placeOfRules(options: CheckOptions, command: Command, deps: CommandDeps): Promise<Found | undefined> {
  const isAsked = command.getOptionValueSource('config') !== 'default';
  if (!isAsked && !existsSync(resolve(deps.cwd, options.config))) return policyFilesByDefault;
  const config = await loadOrComplain(options.config, deps);
  if (config === undefined) return undefined;
  const { rules, lexicons } = config.policy;
  const first = config.lines[0]?.country;
  return { rules, lexicons, known: namesOf(config), ...(first === undefined ? {} : { country: first }) };
}

/** As problems of the config are told, with the line where each stands. */
function ruleProblemText({ file, path, message, fix }: RuleProblem): string {
  const where = path === '' ? file : [file, path].filter((part) => part !== '').join(' ');
  return problemText({ path: where, message, fix });
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
