/** `gatehouse search QUERY`: records by words and fields, newest first. */
import { z } from 'zod';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';
import { recordText } from './record-text.ts';
import { wholeNumber } from './whole-number.ts';

interface SearchOptions {
  readonly config: string;
  readonly json: boolean;
  readonly limit: number;
}

const total = z.object({ shown: z.number(), total: z.number(), complete: z.boolean() });

export const register: Register = (program, deps) => {
  const command = program
    .command('search')
    .description('find records: words, "a phrase", from: to: after: ... (docs/query.md)')
    .argument('<query...>', 'the query')
    .option('--limit <n>', 'at most so many', wholeNumber(1, 10_000), 50);
  withJson(withConfig(command)).action(async (words: readonly string[], options: SearchOptions) => {
    deps.end(await search(words.join(' '), options, deps));
  });
};

/** With `--json` only records are printed, one a line. */
function search(query: string, options: SearchOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal } = deps;
  const args = { query, limit: options.limit };
  return onRecord(
    {
      name: 'search',
      config: options.config,
      args,
      line: (line) => {
        const count = total.safeParse(line);
        if (!count.success)
          terminal.out(options.json ? JSON.stringify(line) : (recordText(line) ?? JSON.stringify(line)));
        else if (!options.json) terminal.out(summary(count.data));
      },
    },
    deps,
  );
}

function summary(count: z.output<typeof total>): string {
  const found = `${count.complete ? '' : 'at least '}${String(count.total)} found`;
  return count.shown < count.total ? `${found}, the newest ${String(count.shown)} shown (--limit shows more)` : found;
}
