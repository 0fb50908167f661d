/** `gatehouse retention show|preview|run`: which records are kept how long, what would go, and a run. */
import { z } from 'zod';
import { keptWords } from '../retention/classes/class-words.ts';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';

interface ShowOptions {
  readonly config: string;
  readonly json: boolean;
}

const period = z.object({ years: z.exactOptional(z.number()), ms: z.exactOptional(z.number()) });
const shape = z.object({
  is: z.enum(['default', 'assignment', 'class']),
  name: z.string().nullable(),
  class: z.string(),
  keep: period,
  erase: period.nullable(),
  authority: z.string(),
});

export const register: Register = (program, deps) => {
  const retention = program.command('retention').description('how long records are kept, and when they go');
  const show = retention
    .command('show')
    .description('the classes: which records have which, how long, by which paragraph')
    .argument('[class]', 'this one alone');
  withJson(withConfig(show)).action(async (only: string | undefined, options: ShowOptions) => {
    deps.end(await shown(only, options, deps));
  });
  const preview = retention.command('preview').description('what would go by age now, and why the rest stays');
  withJson(withConfig(preview)).action(async (options: ShowOptions) => {
    deps.end(await asked('retention.preview', options, deps));
  });
  const run = retention.command('run').description('deletes what is due now; only counts it while not armed (exit 1)');
  withJson(withConfig(run)).action(async (options: ShowOptions) => {
    deps.end(await asked('retention.run', options, deps));
  });
};

const outcome = z.object({ did: z.enum(['previewed', 'ran', 'refused']), words: z.array(z.string()) });

function asked(
  name: 'retention.preview' | 'retention.run',
  options: ShowOptions,
  deps: CommandDeps,
): Promise<ExitCode> {
  const line = (found: unknown): void => {
    const read = outcome.safeParse(found);
    deps.terminal.out(options.json || !read.success ? JSON.stringify(found) : read.data.words.join('\n'));
  };
  return onRecord({ name, config: options.config, args: {}, line }, deps);
}

/** With `--json` a line for the default, for each assignment and for each class. */
function shown(only: string | undefined, options: ShowOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal } = deps;
  const line = (found: unknown): void => {
    const read = shape.safeParse(found);
    terminal.out(options.json || !read.success ? JSON.stringify(found) : words(read.data));
  };
  const args = only === undefined ? {} : { class: only };
  return onRecord({ name: 'retention.show', config: options.config, args, line }, deps);
}

function words({ is, name, class: given, keep, erase, authority }: z.output<typeof shape>): string {
  const kept = keptWords({ keep, ...(erase === null ? {} : { erase }) });
  switch (is) {
    case 'default':
      return `what has no other class: ${given}, ${kept}`;
    case 'assignment':
      return `${name ?? ''}: ${given}, ${kept}`;
    case 'class':
      return `class ${given}: ${kept} (${authority})`;
  }
}
