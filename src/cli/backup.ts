/** `gatehouse backup DIR`: a whole copy of the record and its keys, made while everything runs. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { onRecord } from './records/on-record.ts';

interface BackupOptions {
  readonly config: string;
  readonly json: boolean;
}

const shape = z.object({
  time: z.string(),
  size: z.number(),
  files: z.number(),
  bytes: z.number(),
  newBlobs: z.number(),
  keysUntil: z.number(),
  keysRemoved: z.number(),
  damaged: z.array(z.string()),
  tookMs: z.number(),
});
type Made = z.output<typeof shape>;

export const register: Register = (program, deps) => {
  const command = program
    .command('backup')
    .description('copy record, files and keys to a folder, while Gatehouse runs or not')
    .argument('<folder>', 'where backups are kept; each run adds one');
  withJson(withConfig(command)).action(async (folder: string, options: BackupOptions) => {
    deps.end(await backup(resolve(deps.cwd, folder), options, deps));
  });
};

function backup(to: string, options: BackupOptions, deps: CommandDeps): Promise<ExitCode> {
  return onRecord(
    {
      name: 'backup',
      config: options.config,
      args: { to },
      line: (line) => {
        const read = shape.safeParse(line);
        deps.terminal.out(options.json || !read.success ? JSON.stringify(line) : words(to, read.data));
      },
    },
    deps,
  );
}

function words(to: string, made: Made): string {
  const day = new Date(made.keysUntil).toISOString().slice(0, 10);
  const removed = made.keysRemoved === 0 ? [] : [`  ${String(made.keysRemoved)} older copies of the keys removed`];
  return [
    `✓ Backed up ${String(made.size)} records to ${to}/journal/${made.time}`,
    `  ${size(made.bytes)} in ${String(made.files)} files (${String(made.newBlobs)} attachments new), ${seconds(made.tookMs)}`,
    `  keys apart in ${to}/keys/${made.time}, to be gone by ${day}`,
    '  the master key is in no backup: keep the recovery sheet, without it this opens nothing',
    ...removed,
    ...damagedWords(made),
  ].join('\n');
}

function damagedWords({ damaged }: Made): readonly string[] {
  if (damaged.length === 0) return [];
  return [
    `✗ ${String(damaged.length)} attachments are not what was stored and are not in the backup`,
    '    → run: gatehouse verify (it names the record)',
  ];
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
