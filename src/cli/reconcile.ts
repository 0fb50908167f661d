/** `gatehouse reconcile`: compares homeserver, bridge ledger, providers and record, and fetches what is missing. */
import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { parseDuration } from '../config/values/duration.ts';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';
import { LONGEST_MS } from './records/reconcile.ts';

interface ReconcileOptions {
  readonly config: string;
  readonly json: boolean;
  /** Milliseconds. */
  readonly since: number;
}

const YESTERDAY = '1d';
const shape = z.object({ words: z.array(z.string()), ok: z.boolean(), position: z.number().nullable() });

export const register: Register = (program, deps) => {
  const command = program
    .command('reconcile')
    .description('compare homeserver, ledger, providers and record; exit 1 when something stays missing')
    .addOption(
      new Option('--since <time>', 'how far back, from the beginning of that day by UTC: 1d is yesterday and today')
        .default(durationOf(YESTERDAY), YESTERDAY)
        .argParser(durationOf),
    );
  withJson(withConfig(command)).action(async (options: ReconcileOptions) => {
    deps.end(await reconcile(options, deps));
  });
};

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError('write a number and a unit, for example 12h, 2d or 4w.');
}

function reconcile(options: ReconcileOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal } = deps;
  return onRecord(
    {
      name: 'reconcile',
      config: options.config,
      args: { forMs: options.since },
      line: (line) => {
        const read = shape.safeParse(line);
        terminal.out(options.json || !read.success ? JSON.stringify(line) : told(read.data));
      },
    },
    deps,
  );
}

function told({ words, ok, position }: z.output<typeof shape>): string {
  const [first = '', ...rest] = words;
  const kept = position === null ? [] : [`on record as ${String(position)}`];
  return [`${ok ? '✓' : '✗'} ${first}`, ...[...rest, ...kept].map((line) => `  ${line}`)].join('\n');
}
