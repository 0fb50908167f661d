/** `gatehouse restore DIR`: a backup becomes the record again; `--here`: goes on from what lies in the data folder. */
import { resolve } from 'node:path';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { Restore } from './deps.ts';
import { DONE, FAILED, WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { loadOrComplain } from './load-or-complain.ts';
import { progress } from './progress.ts';
import { complain } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

interface RestoreOptions {
  readonly config: string;
  readonly json: boolean;
  readonly time?: string;
  readonly keys?: string;
  readonly replace: boolean;
  readonly here: boolean;
  readonly confirm?: number;
}

const MOST_RECORDS = 1e15 - 1;

export const register: Register = (program, deps) => {
  const command = program
    .command('restore')
    .description('bring a backup back, while Gatehouse is stopped')
    .argument('[folder]', 'where backups are kept')
    .option('--time <time>', 'which backup, as its folder is called; the newest when left out')
    .option('--keys <folder>', 'where the copies of the keys are kept, when that is not keys/ in the folder')
    .option('--replace', 'move the record that is there aside', false)
    .option('--here', 'no backup: go on from what is in the data folder, in a new epoch', false)
    .option('--confirm <records>', 'with --here: how many records are there', wholeNumber(0, MOST_RECORDS));
  withJson(withConfig(command)).action(async (folder: string | undefined, options: RestoreOptions) => {
    deps.end(await restore(folder, options, deps));
  });
};

async function restore(folder: string | undefined, options: RestoreOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal, cwd, signal } = deps;
  if ((folder === undefined) !== options.here) {
    complain(terminal, 'give the folder of the backups, or --here to go on from what is in the data folder');
    return WRONG_USAGE;
  }
  const config = await loadOrComplain(options.config, deps);
  if (config === undefined) return WRONG_USAGE;
  const bar = progress('restore', deps);
  const done = await deps.program
    .restore(config, {
      ...(folder === undefined ? {} : { from: resolve(cwd, folder) }),
      ...(options.keys === undefined ? {} : { keys: resolve(cwd, options.keys) }),
      ...(options.time === undefined ? {} : { time: options.time }),
      ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
      replace: options.replace,
      progress: (at, of) => {
        bar.update(at, of);
      },
      signal,
    })
    .finally(() => {
      bar.end();
    });
  if (!done.ok) {
    complain(terminal, done.error);
    return FAILED;
  }
  terminal.out(options.json ? JSON.stringify(done.value) : words(done.value));
  return done.value.did === 'explained' ? FAILED : DONE;
}

function words(done: Restore): string {
  switch (done.did) {
    case 'restored':
      return restoredWords(done);
    case 'continued':
      return [
        `✓ The record goes on from its ${String(done.size)} records, in epoch ${String(done.epoch)}.`,
        '    → start it: gatehouse run',
      ].join('\n');
    case 'explained':
      return explainedWords(done);
    case 'finished':
      return ['✓ A restore that was interrupted is finished now.', ...asideWords(done.aside), START].join('\n');
  }
}

const START = '    → start it: gatehouse run (what the homeserver and the providers kept comes in then)';

function restoredWords(done: Restore & { did: 'restored' }): string {
  const erased = done.erased === 0 ? [] : [`  ${String(done.erased)} of them were erased and stay so`];
  return [
    `✓ Restored ${String(done.size)} records and ${String(done.files)} attachments from ${done.time}, with the keys of ${done.keysTime}`,
    ...erased,
    ...lostWords(done.size + 1, done.known),
    `  the record goes on in epoch ${String(done.epoch)}; verify names what is lost`,
    ...asideWords(done.aside),
    START,
  ].join('\n');
}

function lostWords(from: number, known: number): readonly string[] {
  if (known < from) return ['  what was recorded after the backup is not in it'];
  return [`  records ${String(from)} to ${String(known)} are not in the backup: they were published, and are lost`];
}

function asideWords(aside: string | undefined): readonly string[] {
  return aside === undefined ? [] : [`  the record that was here is in ${aside}`];
}

function explainedWords(done: Restore & { did: 'explained' }): string {
  const { size, from, known, origin } = done;
  return [
    `There are ${String(size)} records here; ${origin} is known to have had ${String(known)}.`,
    `Going on from here gives up records ${String(from)} to ${String(known)} for good, unless a backup or the newer`,
    'database still has them. Messages in them may have been sent, and the homeserver brings what it kept.',
    `    → to go on all the same: gatehouse restore --here --confirm ${String(size)}`,
    '    → with a backup instead: gatehouse restore <folder> --replace',
  ].join('\n');
}
