/** `gatehouse hold list`: the legal holds, and who confirmed that they keep what is theirs. */
import { z } from 'zod';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';

interface ListOptions {
  readonly config: string;
  readonly json: boolean;
}

const shape = z.object({
  hold: z.string(),
  state: z.enum(['standing', 'release-asked', 'released']),
  at: z.string(),
  by: z.string(),
  case: z.string().nullable(),
  query: z.string(),
  custodians: z.array(z.object({ user: z.string(), acknowledged: z.string().nullable() })),
});

export const register: Register = (program, deps) => {
  const hold = program.command('hold').description('legal holds: what may not be deleted');
  const list = hold.command('list').description('all holds, those that stand first');
  withJson(withConfig(list)).action(async (options: ListOptions) => {
    deps.end(await listed(options, deps));
  });
};

/** With `--json` a line for each hold. */
async function listed(options: ListOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal } = deps;
  let holds = 0;
  const line = (found: unknown): void => {
    holds += 1;
    const read = shape.safeParse(found);
    terminal.out(options.json || !read.success ? JSON.stringify(found) : words(read.data));
  };
  const exit = await onRecord({ name: 'hold.list', config: options.config, args: {}, line }, deps);
  if (exit === 0 && holds === 0 && !options.json) terminal.out('No holds.');
  return exit;
}

const STATES = {
  standing: 'stands',
  'release-asked': 'stands, its release is asked for',
  released: 'released',
} as const;

function words(hold: z.output<typeof shape>): string {
  const of = hold.case === null ? '' : ` · case ${hold.case}`;
  const confirmed = hold.custodians.filter(({ acknowledged }) => acknowledged !== null).length;
  const told =
    hold.custodians.length === 0
      ? ''
      : ` · ${String(confirmed)} of ${String(hold.custodians.length)} custodians confirmed`;
  return `${hold.hold} · ${STATES[hold.state]} · placed ${hold.at} by ${hold.by}${of}${told}\n  ${hold.query}`;
}
