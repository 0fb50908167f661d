/** `gatehouse rebuild [--check]`: makes every table that follows from the record again, or compares. */
import { z } from 'zod';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';

interface RebuildOptions {
  readonly config: string;
  readonly json: boolean;
  readonly check: boolean;
}

const shape = z.object({ ok: z.boolean(), difference: z.string().optional() });

export const register: Register = (program, deps) => {
  const command = program
    .command('rebuild')
    .description('make every table that follows from the record again')
    .option('--check', 'only compare; exit 1 at a difference', false);
  withJson(withConfig(command)).action(async (options: RebuildOptions) => {
    deps.end(await rebuild(options, deps));
  });
};

function rebuild(options: RebuildOptions, deps: CommandDeps): Promise<ExitCode> {
  return onRecord(
    {
      name: 'rebuild',
      config: options.config,
      args: { check: options.check },
      line: (line) => {
        const read = shape.safeParse(line);
        deps.terminal.out(options.json || !read.success ? JSON.stringify(line) : verdict(read.data, options.check));
      },
    },
    deps,
  );
}

function verdict(read: z.output<typeof shape>, check: boolean): string {
  const difference = read.difference === undefined ? '' : `: ${read.difference}`;
  if (!read.ok)
    return `✗ The tables differ from the record${difference}${check ? '\n    → run: gatehouse rebuild' : ''}`;
  return check ? '✓ The tables are what the record says.' : '✓ Rebuilt from the record.';
}
