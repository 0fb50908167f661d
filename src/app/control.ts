/** The commands on the record, served to other processes of this machine and asked of the one that runs. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Calling, Ended, RecordCommandName, RecordCommands, Said } from '../cli/records/record-command.ts';
import type { Config } from '../config/config.ts';
import { isJsonObject } from '../core/json.ts';
import { callControl } from '../http/control/call-control.ts';
import { controlCommand, type ControlCommand } from '../http/control/serve-control.ts';

const names: readonly RecordCommandName[] = [
  ...(['search', 'journal.show', 'journal.tail', 'journal.stats'] as const),
  ...([
    'verify',
    'prove',
    'rebuild',
    'reconcile',
    'backup',
    'health',
    'presend.try',
    'hold.list',
    'retention.show',
    'retention.preview',
    'retention.run',
  ] as const),
];

const ended = z.object({ exit: z.union([z.literal(0), z.literal(1), z.literal(2)]), error: z.string().optional() });
const said = z.union([
  z.object({ line: z.record(z.string(), z.json()) }),
  z.object({ progress: z.object({ done: z.number(), total: z.number() }) }),
]);

export function controlPath(config: Pick<Config, 'data'>): string {
  return join(config.data.dir, 'control.sock');
}

/** For `serveControl`: every line that a command says goes out at once. */
export function controlCommands(commands: RecordCommands): ReadonlyMap<string, ControlCommand> {
  return new Map(names.map((name) => [name, commandOf(name, commands)]));
}

function commandOf(name: RecordCommandName, commands: RecordCommands): ControlCommand {
  return controlCommand(z.record(z.string(), z.json()), async (args, context) => {
    const say = (one: Said): void => {
      context.progress({ ...one });
    };
    return { ...(await commands.run(name, { args, say, signal: context.signal })) };
  });
}

/** Undefined when nobody runs on this data. */
export async function callRunning(
  config: Pick<Config, 'data'>,
  name: RecordCommandName,
  { args, say, signal }: Calling,
): Promise<Ended | undefined> {
  const progress = (value: unknown): void => {
    const one = said.safeParse(value);
    if (one.success) say(one.data);
  };
  const answer = await callControl(controlPath(config), name, args, { progress, signal });
  if (signal.aborted) return { exit: 0 };
  if (!answer.ok) return answer.error.code === 'not-running' ? undefined : { exit: 1, error: answer.error.message };
  const done = isJsonObject(answer.value) ? ended.safeParse(answer.value) : undefined;
  if (done?.success !== true) return { exit: 1, error: 'the running Gatehouse gave an answer of another version' };
  const { exit, error } = done.data;
  return { exit, ...(error === undefined ? {} : { error }) };
}
