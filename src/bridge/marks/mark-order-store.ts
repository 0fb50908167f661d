/** Which marks of a portal come first, as the table of messages has it: reads by age and by failure. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { PortalId, Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { column } from '../columns.ts';

const positionRow = z.object({ position: column.position }).transform(({ position }) => position);

const newest = statement<{ portal: string }, Position>(
  (db, p) =>
    db
      .selectFrom('message')
      .select('position')
      .where('portal', '=', p('portal'))
      .where('direction', '=', 'outbound')
      .orderBy('at', 'desc')
      .limit(sql<number>`1`),
  (row) => positionRow.parse(row),
);
/** Literals: the partial index is used only where its condition stands in the statement. */
const failedAfter = statement<{ portal: string; after: number }, Position>(
  (db, p) =>
    db
      .selectFrom('message')
      .select('position')
      .where('portal', '=', p('portal'))
      .where('changed', '>', p('after'))
      .where('direction', '=', sql.lit('outbound'))
      .where('state', 'in', [sql.lit('failed'), sql.lit('unknown')])
      .limit(sql<number>`1`),
  (row) => positionRow.parse(row),
);

/** The newest message that staff wrote in the portal, by the homeserver's clock. */
export function newestOutbound(reading: Reading, portal: PortalId): Promise<Position | undefined> {
  return reading.get(newest, { portal });
}

/** Whether a message that staff wrote failed, perhaps, by an entry after this one. */
export async function hasFailedAfter(reading: Reading, portal: PortalId, after: Position): Promise<boolean> {
  return (await reading.get(failedAfter, { portal, after })) !== undefined;
}
