/**
 * Where @gatehouse showed a first text that staff asked for with a command: the only one of our own messages that shows
 * words of staff, so what a rule wants gone has to go there as well. Ids alone.
 */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import { must, parseEventId, parseRoomId, type EventId, type Position, type RoomId } from '../../core/ids.ts';
import { SHOWN_HIDDEN } from '../../core/policy-words.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const POLICY_POSTS = 'policy-posts';

/** What stands this many entries back was judged long ago. */
const KEPT_ENTRIES = 1_000_000;

export interface Post {
  readonly event: EventId;
  readonly room: RoomId;
}

const row = z
  .object({ event: z.string(), room: z.string() })
  .transform(({ event, room }): Post => ({ event: must(parseEventId(event)), room: must(parseRoomId(room)) }));

const insert = statement<{ of: number; event: string; room: string }>((db, p) =>
  db
    .insertInto('policy_post')
    .values({ of_position: p('of'), event: p('event'), room: p('room') })
    .onConflict((conflict) => conflict.column('of_position').doUpdateSet({ event: p('event'), room: p('room') })),
);
const forget = statement<{ before: number }>((db, p) =>
  db.deleteFrom('policy_post').where('of_position', '<', p('before')),
);
const select = statement<{ of: number }, Post>(
  (db, p) => db.selectFrom('policy_post').select(['event', 'room']).where('of_position', '=', p('of')),
  (found) => row.parse(found),
);

/** Undefined for what stands in the room as its sender's own, and for what was shown without its words. */
export function postOf(reading: Reading, of: Position): Promise<Post | undefined> {
  return reading.get(select, { of });
}

/** Whether this is the showing of words of staff by us; what customers write is masked before it is shown. */
export function showsStaff({ body, direction }: EntryOf<'delivery.outcome'>): boolean {
  return body.target === 'matrix' && direction === 'outbound' && body.eventId !== undefined && !isHidden(body.code);
}

function isHidden(code: string | undefined): boolean {
  return code?.split(' ').includes(SHOWN_HIDDEN) === true;
}

export const postsProjection: Projection = {
  name: POLICY_POSTS,
  tables: ['policy_post'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists policy_post (of_position ${t.int} primary key, event ${t.text} not null, room ${t.text} not null)${t.strict}`,
    ];
  },
  apply: async (entry, writing) => {
    if (entry.kind !== 'delivery.outcome' || !showsStaff(entry)) return;
    const { of, eventId: event } = entry.body;
    if (event === undefined || entry.room === undefined) return;
    await writing.run(insert, { of, event, room: entry.room });
    await writing.run(forget, { before: entry.position - KEPT_ENTRIES });
  },
};
