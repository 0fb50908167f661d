/** `gatehouse verify`: recomputes the whole record and says whether anything was changed. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import { WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';
import { complain } from './terminal.ts';

interface VerifyOptions {
  readonly config: string;
  readonly json: boolean;
  readonly checkpoint?: string;
}

const shape = z.object({
  ok: z.boolean(),
  size: z.number(),
  root: z.string(),
  covered: z.number(),
  uncovered: z.number(),
  erased: z.number(),
  gaps: z
    .object({ certified: z.number(), begun: z.number(), unexplained: z.number(), certificates: z.array(z.number()) })
    .optional(),
  firstBad: z.object({ position: z.number(), what: z.string() }).nullable(),
  lost: z.array(z.object({ words: z.string() })).optional(),
});

export const register: Register = (program, deps) => {
  const command = program
    .command('verify')
    .description('recompute the whole record; exit 1 when anything was changed')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere: the record must still hold it');
  withJson(withConfig(command)).action(async (options: VerifyOptions) => {
    deps.end(await verify(options, deps));
  });
};

async function verify(options: VerifyOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal } = deps;
  const checkpoint = checkpointOf(options, deps);
  if (checkpoint === undefined) return WRONG_USAGE;
  return onRecord(
    {
      name: 'verify',
      config: options.config,
      args: checkpoint === '' ? {} : { checkpoint },
      line: (line) => {
        const read = shape.safeParse(line);
        terminal.out(options.json || !read.success ? JSON.stringify(line) : verdict(read.data));
      },
    },
    deps,
  );
}

/** `''` without the option; undefined when the file can't be read, which has been told then. */
function checkpointOf(options: VerifyOptions, deps: CommandDeps): string | undefined {
  if (options.checkpoint === undefined) return '';
  try {
    return readFileSync(resolve(deps.cwd, options.checkpoint), 'utf8').slice(0, 10_000);
  } catch {
    complain(deps.terminal, `--checkpoint: ${options.checkpoint} can't be read`);
    return undefined;
  }
}

function lostText({ lost = [] }: z.output<typeof shape>): string {
  return lost.map(({ words }) => `\n  ! ${words}.`).join('');
}

/** Whose words say that they are gone. */
function gapsText({ gaps }: z.output<typeof shape>): string {
  if (gaps === undefined) return '';
  const by = gaps.certificates.map(String).join(', ');
  return [
    gaps.certified === 0 ? '' : `\n    ${String(gaps.certified)} certified; certificates: ${by}`,
    gaps.begun === 0 ? '' : `\n    ${String(gaps.begun)} by a run whose certificate is still to come`,
    gaps.unexplained === 0
      ? ''
      : `\n  ! ${String(gaps.unexplained)} can't be opened, and no record says why: they were erased after the backup that ` +
        'was restored,\n    or somebody took their keys away. Compare with the newest good backup of the keys.',
  ].join('');
}

function verdict(read: z.output<typeof shape>): string {
  const erased =
    read.erased === 0 ? '' : `\n  ${String(read.erased)} erased: their content is gone, their place is proved`;
  if (read.firstBad !== null) {
    const { position, what } = read.firstBad;
    return `✗ The record was changed: first at ${String(position)} (${what}).\n    → keep this machine as it is, and compare with the newest good backup`;
  }
  if (!read.ok) return '✗ The record does not hold together.';
  return (
    [
      `✓ Record unbroken to ${String(read.size)}`,
      `  root ${read.root}`,
      `  ${String(read.covered)} covered by checkpoints, ${String(read.uncovered)} newer`,
    ].join('\n') +
    erased +
    gapsText(read) +
    lostText(read)
  );
}
