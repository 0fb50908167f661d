/** The bot's reactions that stand on messages, as the homeserver showed them to us. */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import { parseEventId, type EventId, type Position } from '../../core/ids.ts';
import { sourceOf } from '../../core/shown-source.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { kindOfUser } from '../people/our-users.ts';

export interface ShownMark {
  /** Tells apart the marks of one message: the transaction's part. */
  readonly part: string;
  readonly event: EventId;
}
const markRow = z.object({ part: z.string(), event_id: column.event });

const ofMessage = statement<{ message: number }, ShownMark>(
  (db, p) =>
    db
      .selectFrom('shown_mark')
      .select(['part', 'event_id'])
      .where('message', '=', p('message'))
      .orderBy('part')
      .limit(50),
  (raw) => {
    const row = markRow.parse(raw);
    return { part: row.part, event: row.event_id };
  },
);
const insert = statement<{ message: number; part: string; event: string }>((db, p) =>
  db
    .insertInto('shown_mark')
    .values({ message: p('message'), part: p('part'), event_id: p('event') })
    .onConflict((oc) => oc.columns(['message', 'part']).doUpdateSet({ event_id: p('event') })),
);
const remove = statement<{ event: string }>((db, p) => db.deleteFrom('shown_mark').where('event_id', '=', p('event')));

export function marksOn(reading: Reading, message: Position): Promise<readonly ShownMark[]> {
  return reading.all(ofMessage, { message });
}

async function onEvent(entry: EntryOf<'matrix.event'>, writing: Writing): Promise<void> {
  const { type, content, event_id: event } = entry.body;
  if (type === 'm.room.redaction') {
    const target = parseEventId(entry.body.redacts ?? content['redacts']);
    if (target.ok) await writing.run(remove, { event: target.value });
    return;
  }
  const source = type === 'm.reaction' ? sourceOf(content) : undefined;
  if (source === undefined) return;
  // A mark on the message that had this position before a restore says nothing of ours.
  const ours = source.epoch === (await epochAt(source.position, writing));
  if (ours) await writing.run(insert, { message: source.position, part: source.part, event });
}

export function marksProjection(domain: string): Projection {
  return {
    name: 'marks',
    tables: ['shown_mark'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists shown_mark (message ${t.int} not null, part ${t.text} not null, event_id ${t.text} not null, primary key (message, part))${t.strict}`,
        'create index if not exists shown_mark_by_event on shown_mark (event_id)',
      ];
    },
    apply: async (entry, writing) => {
      // Anyone can write our key: only what our bot put in a portal counts.
      if (entry.kind !== 'matrix.event' || entry.portal === undefined) return;
      if (kindOfUser(entry.body.sender, domain) === 'bot') await onEvent(entry, writing);
    },
    forget: async (entry, writing) => {
      if (entry.kind === 'matrix.event') await writing.run(remove, { event: entry.body.event_id });
    },
  };
}
