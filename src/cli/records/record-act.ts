/** What every command on the record shares: it puts itself on record, and it shows records in one form. */
import { randomUUID } from 'node:crypto';
import type { Position } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RecordCommandName } from './record-command.ts';
import type { RecordDeps, RecordLine } from './record-deps.ts';

/** Puts an act on record: which command, by whom, showing what. It is answered only when this has resolved. */
export async function recordAct(
  deps: Pick<RecordDeps, 'append' | 'clock'>,
  act: { readonly command: RecordCommandName; readonly user: string; readonly positions: readonly Position[] },
): Promise<void> {
  const source = { system: 'gatehouse', id: `cli/${randomUUID()}`, sure: true };
  await deps.append([{ kind: 'cli.command', at: deps.clock.now(), source, body: act }]);
}

/** A line as JSON: what isn't known is null, so that each line has the same keys. */
export function lineJson(line: RecordLine): JsonObject {
  const { position, kind, at, from = null, to = null, room = null, text = null, erased } = line;
  return { position, kind, at, from, to, line: line.line ?? null, room, text, erased };
}
