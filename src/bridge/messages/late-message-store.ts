/** What may not overtake what: reads of the table of messages by when they were written. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { messageRow, type Message } from './message-store.ts';

const countRow = z.object({ n: z.number() });
const laterOut = statement<{ portal: string; at: number; position: number }, { n: number }>(
  (db, p) =>
    db
      .selectFrom('message')
      .select((eb) => eb.fn.countAll().as('n'))
      .where('portal', '=', p('portal'))
      .where('direction', '=', 'outbound')
      .where('at', '>', p('at'))
      .where('position', '<', p('position'))
      .where('state', 'in', ['attempting', 'pending', 'sent', 'delivered', 'read', 'unknown']),
  (row) => countRow.parse(row),
);
/** Enough to find one that counts: the others follow it in their lane. */
const MOST_BEFORE = 16;
const waitingBefore = statement<{ portal: string; from: number; at: number; moved: number; limit: number }, Message>(
  (db, p) =>
    db
      .selectFrom('message')
      .selectAll()
      .where('portal', '=', p('portal'))
      .where('direction', '=', 'outbound')
      .where('at', '>=', p('from'))
      .where('at', '<', p('at'))
      .where('state', '=', 'waiting')
      .where('changed', '>', p('moved'))
      .orderBy('at')
      .limit(sql<number>`${p('limit')}`),
  (row) => messageRow.parse(row),
);

/** Whether a message that was written later, by the homeserver's clock, already went out in the portal. */
export async function laterWentOut(
  reading: Reading,
  message: Pick<Message, 'portal' | 'at' | 'position'>,
): Promise<boolean> {
  const row = await reading.get(laterOut, { portal: message.portal, at: message.at, position: message.position });
  return row !== undefined && row.n > 0;
}

/**
 * Outbound messages of the portal that wait with a later turn than the entry `turn` gives, and were written before
 * `message`, by at most `withinMs`; earliest first.
 */
export function waitingWrittenBefore(
  reading: Reading,
  { portal, at }: Pick<Message, 'portal' | 'at'>,
  { turn, withinMs }: { readonly turn: Position; readonly withinMs: number },
): Promise<readonly Message[]> {
  return reading.all(waitingBefore, { portal, from: at - withinMs, at, moved: turn, limit: MOST_BEFORE });
}
