/**
 * Which deletions a rule wanted. The homeserver shows them as their sender's own, and they come on record before or after
 * our word that we asked for them: each is known by the event that is gone, until both are there.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { parseEventId, parsePosition, type Position } from '../../core/ids.ts';
import type { Dialect } from '../../storage/dialect.ts';
import type { Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { RULE_REASON } from '../redaction/reason.ts';

const position = z.custom<Position>((value) => parsePosition(value).ok);
const takenRow = z.object({ shown: position.nullable(), wanted: z.number() });

const selectTaken = statement<{ event: string }, z.infer<typeof takenRow>>(
  (db, p) => db.selectFrom('policy_taken').select(['shown', 'wanted']).where('event', '=', p('event')),
  (row) => takenRow.parse(row),
);
const insertShown = statement<{ event: string; shown: number }>((db, p) =>
  db
    .insertInto('policy_taken')
    .values({ event: p('event'), shown: p('shown'), wanted: 0 })
    .onConflict((conflict) => conflict.column('event').doUpdateSet({ shown: p('shown') })),
);
const insertWanted = statement<{ event: string }>((db, p) =>
  db
    .insertInto('policy_taken')
    .values({ event: p('event'), shown: null, wanted: 1 })
    .onConflict((conflict) => conflict.column('event').doUpdateSet({ wanted: 1 })),
);

export const TAKEN_TABLE = 'policy_taken';

export function takenSchema(dialect: Dialect): string {
  const t = types(dialect);
  return `create table if not exists ${TAKEN_TABLE} (event ${t.text} primary key, shown ${t.int}, wanted ${t.int} not null)${t.strict}`;
}

/** The record of the deletion, once it is known to be a rule's. */
export async function takenBy(entry: Entry, writing: Writing): Promise<Position | undefined> {
  const event = await noted(entry, writing);
  const taken = event === undefined ? undefined : await writing.get(selectTaken, { event });
  return taken?.wanted === 1 ? (taken.shown ?? undefined) : undefined;
}

/** The event that is gone. */
async function noted(entry: Entry, writing: Writing): Promise<string | undefined> {
  if (entry.kind === 'policy.redacted' && entry.body.how === 'admin') {
    await writing.run(insertWanted, { event: entry.body.event });
    return entry.body.event;
  }
  const event = entry.kind === 'matrix.event' ? goneBy(entry.body) : undefined;
  if (event !== undefined) await writing.run(insertShown, { event, shown: entry.position });
  return event;
}

/** Anybody can write our reason: by itself it says nothing. */
function goneBy({ type, content, redacts }: EntryOf<'matrix.event'>['body']): string | undefined {
  if (type !== 'm.room.redaction' || content['reason'] !== RULE_REASON) return undefined;
  const event = parseEventId(redacts ?? content['redacts']);
  return event.ok ? event.value : undefined;
}
