/**
 * How many texts from customers a line had in a window of time, from the bridge's messages: the index `message_inbound`
 * holds all that is asked, so that a window of a day costs one short walk.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import type { LineId, Millis, Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { column } from '../columns.ts';

/** Beyond it a line is busy, however much more there is: counting ends. */
export const COUNT_MAX = 1_000;

interface Window {
  readonly line: LineId;
  /** Included. */
  readonly from: Millis;
  /** Not included. */
  readonly to: Millis;
}
type WindowParams = Readonly<{ line: string; from: number; to: number }>;

/** A literal, not a parameter: the index is used only where its condition stands in the statement. */
const inbound = sql.lit('inbound');

const countIn = statement<WindowParams, { n: number }>(
  (db, p) =>
    db
      .selectFrom(
        db
          .selectFrom('message')
          .innerJoin('portal', 'portal.id', 'message.portal')
          .select(sql<number>`1`.as('one'))
          .where('message.direction', '=', inbound)
          .where('message.recorded_at', '>=', p('from'))
          .where('message.recorded_at', '<', p('to'))
          .where('portal.line', '=', p('line'))
          .limit(COUNT_MAX)
          .as('counted'),
      )
      .select((eb) => eb.fn.countAll().as('n')),
  (row) => z.object({ n: z.coerce.number() }).parse(row),
);
const newestIn = statement<WindowParams, { position: Position; recorded_at: Millis }>(
  (db, p) =>
    db
      .selectFrom('message')
      .innerJoin('portal', 'portal.id', 'message.portal')
      .select(['message.position', 'message.recorded_at'])
      .where('message.direction', '=', inbound)
      .where('message.recorded_at', '>=', p('from'))
      .where('message.recorded_at', '<', p('to'))
      .where('portal.line', '=', p('line'))
      .orderBy('message.recorded_at', 'desc')
      .limit(1),
  (row) => z.object({ position: column.position, recorded_at: column.millis }).parse(row),
);

/** At most `COUNT_MAX`. */
export async function textsIn(reading: Reading, window: Window): Promise<number> {
  return (await reading.get(countIn, { ...window }))?.n ?? 0;
}

export async function newestTextIn(
  reading: Reading,
  window: Window,
): Promise<{ readonly position: Position; readonly at: Millis } | undefined> {
  const row = await reading.get(newestIn, { ...window });
  return row === undefined ? undefined : { position: row.position, at: row.recorded_at };
}
