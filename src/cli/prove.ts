/** `gatehouse prove N --out FILE`: a file that shows anybody that a record is in the tree. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { withConfig, type CommandDeps, type Register } from './command.ts';
import { DONE, FAILED, type ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';
import { complain } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';
import { PUBLIC_MODE, writeWholeFile } from './write-file.ts';

interface ProveOptions {
  readonly config: string;
  readonly out: string;
}

const answer = z.object({ proof: z.string() });

export const register: Register = (program, deps) => {
  const command = program
    .command('prove')
    .description('write the proof that a record is in the tree (C2SP tlog-proof); it shows no content')
    .argument('<n>', 'its position', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .requiredOption('--out <file>', 'where to write it');
  withConfig(command).action(async (position: number, options: ProveOptions) => {
    deps.end(await prove(position, options, deps));
  });
};

async function prove(position: number, options: ProveOptions, deps: CommandDeps): Promise<ExitCode> {
  let proof: string | undefined;
  const ended = await onRecord(
    {
      name: 'prove',
      config: options.config,
      args: { position },
      line: (line) => {
        const read = answer.safeParse(line);
        if (read.success) proof = read.data.proof;
      },
    },
    deps,
  );
  if (ended !== DONE) return ended;
  if (proof === undefined) {
    complain(deps.terminal, 'no proof was made');
    return FAILED;
  }
  writeWholeFile(resolve(deps.cwd, options.out), proof, PUBLIC_MODE);
  deps.terminal.out(`✓ ${options.out}: record ${String(position)} is in the tree`);
  return DONE;
}
