/**
 * The events that show an edit of the network's. They belong to the message that was edited: what hides it hides them
 * too, and an answer to one of them answers it.
 */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import { must, parsePosition, type EventId, type Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { messagesChangedBy } from './remote-message-store.ts';

const byEvent = statement<{ event: string }, Position>(
  (db, p) => db.selectFrom('change_shown').select('of').where('event', '=', p('event')).limit(1),
  (row) => must(parsePosition(z.object({ of: z.number() }).parse(row).of)),
);
const shownRow = z.object({ event: column.event, room: column.room });
const byMessage = statement<{ of: number }, z.infer<typeof shownRow>>(
  (db, p) =>
    db.selectFrom('change_shown').select(['event', 'room']).where('of', '=', p('of')).orderBy('position').limit(1_000),
  (row) => shownRow.parse(row),
);
const insert = statement<{ event: string; of: number; room: string; change: number; position: number }>((db, p) =>
  db
    .insertInto('change_shown')
    .values({ event: p('event'), of: p('of'), room: p('room'), change: p('change'), position: p('position') })
    .onConflict((oc) => oc.columns(['event', 'of']).doNothing()),
);

/** `entry` says which events show a change. */
export async function noteChangeShown(
  { position, body, room }: EntryOf<'delivery.outcome'>,
  writing: Writing,
): Promise<void> {
  if (room === undefined) return;
  const { of: change, eventId, further = [] } = body;
  const events = [...(eventId === undefined ? [] : [eventId]), ...further];
  for (const of of events.length === 0 ? [] : await messagesChangedBy(writing, change)) {
    for (const event of events) await writing.run(insert, { event, of, room, change, position });
  }
}

/** The message whose edit `event` shows. */
export function messageOfChangeShown(reading: Reading, event: EventId): Promise<Position | undefined> {
  return reading.get(byEvent, { event });
}

/** Of the edits of a message, in whichever rooms they stand, oldest first; at most 1,000. */
export function changeEventsOf(reading: Reading, of: Position): Promise<readonly z.infer<typeof shownRow>[]> {
  return reading.all(byMessage, { of });
}

export function changeShownSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists change_shown (event ${t.text} not null, "of" ${t.int} not null, room ${t.text} not null, change ${t.int} not null, position ${t.int} not null, primary key (event, "of"))${t.strict}`,
    ...['of', 'change', 'position'].map(
      (name) => `create index if not exists change_shown_by_${name} on change_shown ("${name}")`,
    ),
  ];
}
