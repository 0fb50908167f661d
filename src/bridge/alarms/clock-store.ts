/** Jumps of the clock that are on record: what is still suspect after a restart, and how old something really is. */
import { z } from 'zod';
import { afterJump } from '../../core/clock-watch.ts';
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { SuspectClock } from '../../core/ports/trusted-time.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

export const CLOCK = 'clock';
/** A clock that jumps more often than this tells nothing any more. */
const JUMPS_MAX = 10_000;

const jumpRow = z.object({ position: column.position, by_ms: z.number(), at: column.millis });
type JumpRow = z.infer<typeof jumpRow>;

const insert = statement<{ position: number; by: number; at: number }>((db, p) =>
  db.insertInto('clock_jump').values({ position: p('position'), by_ms: p('by'), at: p('at') }),
);
const jumpsAfter = statement<{ after: number }, JumpRow>(
  (db, p) =>
    db
      .selectFrom('clock_jump')
      .select(['position', 'by_ms', 'at'])
      .where('position', '>', p('after'))
      .orderBy('position')
      .limit(JUMPS_MAX),
  (row) => jumpRow.parse(row),
);

/** By how much the clock jumped since the entry at `position`, all together. */
export async function jumpedSince(reading: Reading, position: Position | 0): Promise<number> {
  const jumps = await reading.all(jumpsAfter, { after: position });
  return jumps.reduce((sum, jump) => sum + jump.by_ms, 0);
}

/** Where the record says that the clock was set, in order. */
export async function jumpPositions(reading: Reading): Promise<readonly Position[]> {
  return (await reading.all(jumpsAfter, { after: 0 })).map((jump) => jump.position);
}

/** What no later jump has undone. */
export async function suspectOnRecord(reading: Reading): Promise<SuspectClock | undefined> {
  const jumps = await reading.all(jumpsAfter, { after: 0 });
  return jumps.reduce<SuspectClock | undefined>(
    (before, jump) => afterJump(before, { byMs: jump.by_ms, at: jump.at }),
    undefined,
  );
}

async function apply(entry: Entry, writing: Parameters<Projection['apply']>[1]): Promise<void> {
  if (entry.kind !== 'clock.jumped') return;
  await writing.run(insert, { position: entry.position, by: entry.body.byMs, at: entry.at });
}

export const clockProjection: Projection = {
  name: CLOCK,
  tables: ['clock_jump'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists clock_jump (position ${t.int} primary key, by_ms ${t.int} not null, at ${t.int} not null)${t.strict}`,
    ];
  },
  apply,
  carried: [{ table: 'clock_jump', column: 'position', of: 'record' }],
};
