/**
 * Every Matrix event that shows a message: a text may take several, a picture has its own. `message.event` is the first;
 * the others stand here, so that a reply, a reaction or a deletion finds its message by any of them.
 */
import { z } from 'zod';
import { must, parsePosition, type EventId, type Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

const byEvent = statement<{ event: string }, Position>(
  (db, p) => db.selectFrom('shown_event').select('of').where('event', '=', p('event')),
  (row) => must(parsePosition(z.object({ of: z.number() }).parse(row).of)),
);
const byMessage = statement<{ of: number }, EventId>(
  (db, p) => db.selectFrom('shown_event').select('event').where('of', '=', p('of')).orderBy('part'),
  (row) => z.object({ event: column.event }).parse(row).event,
);
const insert = statement<{ event: string; of: number; part: number }>((db, p) =>
  db
    .insertInto('shown_event')
    .values({ event: p('event'), of: p('of'), part: p('part') })
    .onConflict((oc) => oc.column('event').doNothing()),
);

export function messageShownBy(reading: Reading, event: EventId): Promise<Position | undefined> {
  return reading.get(byEvent, { event });
}

/** Behind the first one, in their order. */
export function furtherEventsOf(reading: Reading, of: Position): Promise<readonly EventId[]> {
  return reading.all(byMessage, { of });
}

export async function noteShown(writing: Writing, of: Position, events: readonly EventId[]): Promise<void> {
  for (const [part, event] of events.entries()) await writing.run(insert, { event, of, part });
}

export function shownEventSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists shown_event (event ${t.text} primary key, "of" ${t.int} not null, part ${t.int} not null)${t.strict}`,
    'create index if not exists shown_event_by_message on shown_event ("of")',
  ];
}
