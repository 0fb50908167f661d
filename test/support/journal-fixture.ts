/** A small feature for tests of the journal: counts what each room said and plans a task for each message. */
import { z } from 'zod';
import type { DraftOf } from '../../src/core/entry.ts';
import { lane, must, parseEventId, parseMillis, parseRoomId, parseUserId } from '../../src/core/ids.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Planner, Projection, WriterPart } from '../../src/journal/projection.ts';
import { statement } from '../../src/storage/statement.ts';
import { types } from '../../src/storage/types.ts';

const countRow = z.object({ room: z.string(), said: z.number() });
type Count = z.infer<typeof countRow>;

const bump = statement<{ room: string }>((db, p) =>
  db
    .insertInto('room_count')
    .values({ room: p('room'), said: 1 })
    .onConflict((conflict) => conflict.column('room').doUpdateSet((set) => ({ said: set('room_count.said', '+', 1) }))),
);
export const roomCounts = statement<Record<string, never>, Count>(
  (db) => db.selectFrom('room_count').selectAll().orderBy('room'),
  (row) => countRow.parse(row),
);
const countOf = statement<{ room: string }, Count>(
  (db, p) => db.selectFrom('room_count').selectAll().where('room', '=', p('room')),
  (row) => countRow.parse(row),
);

/** Throws when the event says `failOn`, after having written something that has to be undone. */
export function countingProjection(failOn?: string): Projection {
  return {
    name: 'room-count',
    tables: ['room_count'],
    schema: (dialect) => {
      const t = types(dialect);
      return [`create table if not exists room_count (room ${t.text} primary key, said ${t.int} not null)${t.strict}`];
    },
    apply: async (entry, writing) => {
      if (entry.kind !== 'matrix.event') return;
      await writing.run(bump, { room: entry.body.room_id });
      if (failOn !== undefined && entry.body.content['body'] === failOn) throw new RangeError(failOn);
    },
  };
}

export function messagePlanner(failOn?: string): Planner {
  return {
    name: 'message-planner',
    reads: ['room-count'],
    plan: async (entry, reading) => {
      if (entry.kind !== 'matrix.event' || entry.body.type !== 'm.room.message') return [];
      if (failOn !== undefined && entry.body.content['body'] === failOn) throw new RangeError(failOn);
      const count = await reading.get(countOf, { room: entry.body.room_id });
      const slot = (count?.said ?? 0) % 3;
      return [{ kind: 'screen', lane: lane('screen', `${entry.body.room_id} ${slot}`) }];
    },
  };
}

export function countingPart(fail: { readonly projection?: string; readonly planner?: string } = {}): WriterPart {
  return { projections: [countingProjection(fail.projection)], planners: [messagePlanner(fail.planner)] };
}

let made = 0;

/** A message event as Synapse would deliver it. */
export function messageDraft(
  body: string,
  more: { readonly room?: string; readonly id?: string; readonly type?: string; readonly content?: JsonObject } = {},
): DraftOf<'matrix.event'> {
  made += 1;
  const at = must(parseMillis(1_700_000_000_000 + made));
  const event = more.id ?? `$event${made}`;
  return {
    kind: 'matrix.event',
    at,
    source: { system: 'matrix', id: event, sure: true },
    body: {
      event_id: must(parseEventId(event)),
      type: more.type ?? 'm.room.message',
      room_id: must(parseRoomId(more.room ?? '!room:acme.example')),
      sender: must(parseUserId('@alice:acme.example')),
      origin_server_ts: at,
      content: more.content ?? { msgtype: 'm.text', body },
    },
    raw: Buffer.from(`{"unsigned":{"age":${made}},"body":"${body}"}`),
  };
}
