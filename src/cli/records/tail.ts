/** `journal tail`: the last records, and with `follow` every new one. */
import { z } from 'zod';
import { parsePosition, type Position } from '../../core/ids.ts';
import { lineJson, recordAct } from './record-act.ts';
import type { Calling, Ended } from './record-command.ts';
import type { RecordDeps } from './record-deps.ts';

const MOST_AT_ONCE = 200;
const tailArgs = z.object({ user: z.string().max(100), last: z.int().min(0).max(MOST_AT_ONCE), follow: z.boolean() });

/** The looking itself is on record too, and is left out of what is shown: else it would show itself for ever. */
export async function tail(deps: RecordDeps, { args, say, signal }: Calling): Promise<Ended> {
  const given = tailArgs.parse(args);
  let shown = Math.max(0, (await deps.size()) - given.last);
  do {
    const upTo = Math.min(await deps.size(), shown + MOST_AT_ONCE);
    const lines = (await deps.lines(positionsBetween(shown, upTo))).filter((line) => line.kind !== 'cli.command');
    const positions = lines.map((line) => line.position);
    if (positions.length > 0) await recordAct(deps, { command: 'journal.tail', user: given.user, positions });
    for (const line of lines) say({ line: lineJson(line) });
    shown = upTo;
    if (given.follow) await deps.newerThan(shown, signal);
  } while (given.follow && !signal.aborted);
  return { exit: 0 };
}

function positionsBetween(after: number, upTo: number): readonly Position[] {
  return Array.from({ length: Math.max(0, upTo - after) }, (_, i) => parsePosition(after + 1 + i)).flatMap(
    (position) => (position.ok ? [position.value] : []),
  );
}
