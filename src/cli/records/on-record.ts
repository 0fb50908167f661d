/** Runs a command on the record wherever the record is open, and shows what it says. */
import type { Config } from '../../config/config.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { CommandDeps } from '../command.ts';
import { WRONG_USAGE, type ExitCode } from '../exit-code.ts';
import { loadOrComplain } from '../load-or-complain.ts';
import { progress } from '../progress.ts';
import { complain } from '../terminal.ts';
import type { Calling, Ended, RecordCommandName } from './record-command.ts';

export interface Asked {
  readonly name: RecordCommandName;
  readonly config: string;
  readonly args: Readonly<Record<string, Json>>;
  /** What happens with each line of the answer. */
  readonly line: (line: JsonObject) => void;
}

/** The exit code; what went wrong has been told. */
export async function onRecord(asked: Asked, deps: CommandDeps): Promise<ExitCode> {
  const config = await loadOrComplain(asked.config, deps);
  if (config === undefined) return WRONG_USAGE;
  const bar = progress(asked.name, deps);
  const ended = await runOrCall(
    config,
    asked,
    {
      args: { ...asked.args, user: deps.user },
      say: (said) => {
        if ('line' in said) asked.line(said.line);
        else bar.update(said.progress.done, said.progress.total);
      },
      signal: deps.signal,
    },
    deps,
  ).finally(() => {
    bar.end();
  });
  if (ended.error !== undefined) complain(deps.terminal, ended.error);
  return ended.exit;
}

/** The running process has the record open; only when none runs may it be opened here. */
async function runOrCall(config: Config, asked: Asked, calling: Calling, deps: CommandDeps): Promise<Ended> {
  const answered = await deps.program.callRunning(config, asked.name, calling);
  if (answered !== undefined) return answered;
  const records = await deps.program.openRecords(config);
  if (!records.ok) return { exit: 1, error: records.error };
  await using open = records.value;
  return await open.run(asked.name, calling);
}
