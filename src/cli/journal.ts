/** `gatehouse journal show N|tail|stats`: the record as it is. */
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { onRecord, type Asked } from './records/on-record.ts';
import { recordText } from './record-text.ts';
import { wholeNumber } from './whole-number.ts';

interface JournalOptions {
  readonly config: string;
  readonly json: boolean;
}
interface TailOptions extends JournalOptions {
  readonly last: number;
  readonly follow: boolean;
}

export const register: Register = (program, deps) => {
  const journal = program.command('journal').description('look at the record');
  const position = wholeNumber(1, Number.MAX_SAFE_INTEGER);
  withJson(
    withConfig(journal.command('show').description('one record').argument('<n>', 'its position', position)),
  ).action(async (at: number, options: JournalOptions) => {
    deps.end(await shown({ name: 'journal.show', args: { position: at } }, options, deps));
  });
  const tail = journal
    .command('tail')
    .description('the newest records')
    .option('--last <n>', 'so many', wholeNumber(0, 200), 20)
    .option('--follow', 'and every new one, until interrupted', false);
  withJson(withConfig(tail)).action(async ({ last, follow, ...options }: TailOptions) => {
    deps.end(await shown({ name: 'journal.tail', args: { last, follow } }, options, deps));
  });
  withJson(withConfig(journal.command('stats').description('how much there is'))).action(
    async (options: JournalOptions) => {
      deps.end(await shown({ name: 'journal.stats', args: {} }, options, deps));
    },
  );
};

function shown(asked: Pick<Asked, 'name' | 'args'>, options: JournalOptions, deps: CommandDeps): Promise<ExitCode> {
  return onRecord(
    {
      ...asked,
      config: options.config,
      line: (line) => {
        const words = options.json ? undefined : recordText(line);
        deps.terminal.out(words ?? JSON.stringify(line, undefined, options.json ? undefined : 2));
      },
    },
    deps,
  );
}
