/**
 * Rooms that nobody can read any more, and rooms in which people are whom a barrier keeps apart. Made of Matrix events and
 * of `policy.barrier-crossed`; ids, names of groups and counts alone.
 */
import { z } from 'zod';
import type { Entry, EntryOf, MatrixEvent } from '../../core/entry.ts';
import { parsePosition, parseRoomId, type Position, type RoomId } from '../../core/ids.ts';
import { forgetUnnamed } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const SUPERVISED = 'policy-supervised';

const room = z.custom<RoomId>((value) => parseRoomId(value).ok);
const position = z.custom<Position>((value) => parsePosition(value).ok);
const switchedRow = z.object({ switched: position.nullable() });
const roomRow = z.object({ room });
const sumRow = z.object({ rooms: z.coerce.number(), messages: z.coerce.number().nullable() });
const crossingRow = z.object({ room, first: z.string(), second: z.string(), since: position });

const selectSwitched = statement<{ room: string }, z.infer<typeof switchedRow>>(
  (db, p) => db.selectFrom('policy_unreadable').select('switched').where('room', '=', p('room')),
  (row) => switchedRow.parse(row),
);
const newestUnreadable = statement<Record<string, never>, z.infer<typeof roomRow>>(
  (db) => db.selectFrom('policy_unreadable').select('room').orderBy('since', 'desc').limit(3),
  (row) => roomRow.parse(row),
);
const sumUnreadable = statement<Record<string, never>, z.infer<typeof sumRow>>(
  (db) =>
    db
      .selectFrom('policy_unreadable')
      .select((eb) => [eb.fn.countAll().as('rooms'), eb.fn.sum('messages').as('messages')]),
  (row) => sumRow.parse(row),
);
const upsertSwitched = statement<{ room: string; position: number }>((db, p) =>
  db
    .insertInto('policy_unreadable')
    .values({ room: p('room'), since: p('position'), switched: p('position'), messages: 0 })
    .onConflict((oc) =>
      oc
        .column('room')
        .doUpdateSet({ switched: p('position') })
        .where('policy_unreadable.switched', 'is', null),
    ),
);
const insertUnread = statement<{ room: string; position: number }>((db, p) =>
  db
    .insertInto('policy_unreadable')
    .values({ room: p('room'), since: p('position'), switched: null, messages: 0 })
    .onConflict((oc) => oc.column('room').doNothing()),
);
const countUnread = statement<{ room: string }>((db, p) =>
  db
    .updateTable('policy_unreadable')
    .set((eb) => ({ messages: eb('messages', '+', 1) }))
    .where('room', '=', p('room')),
);
/** One that counted: before the row was made anew, none did. */
const uncountUnread = statement<{ room: string; position: number }>((db, p) =>
  db
    .updateTable('policy_unreadable')
    .set((set) => ({ messages: set('messages', '-', 1) }))
    .where('room', '=', p('room'))
    .where('since', '<=', p('position')),
);
/** Nothing that is left says that it is encrypted. */
const dropUncounted = statement<{ room: string }>((db, p) =>
  db
    .deleteFrom('policy_unreadable')
    .where('room', '=', p('room'))
    .where('switched', 'is', null)
    .where('messages', '<=', 0),
);
const forgetRooms = forgetUnnamed('room', ['policy_unreadable', 'room'], ['policy_crossing', 'room']);
const dropUnreadable = statement<{ room: string }>((db, p) =>
  db.deleteFrom('policy_unreadable').where('room', '=', p('room')),
);
const selectCrossings = statement<Record<string, never>, z.infer<typeof crossingRow>>(
  (db) => db.selectFrom('policy_crossing').select(['room', 'first', 'second', 'since']).orderBy('since').limit(10_000),
  (row) => crossingRow.parse(row),
);
const upsertCrossing = statement<{ room: string; first: string; second: string; since: number }>((db, p) =>
  db
    .insertInto('policy_crossing')
    .values({ room: p('room'), first: p('first'), second: p('second'), since: p('since') })
    .onConflict((oc) => oc.columns(['room', 'first', 'second']).doNothing()),
);
const dropCrossing = statement<{ room: string; first: string; second: string }>((db, p) =>
  db
    .deleteFrom('policy_crossing')
    .where('room', '=', p('room'))
    .where('first', '=', p('first'))
    .where('second', '=', p('second')),
);

export interface Unreadable {
  readonly rooms: number;
  /** Messages that came on record as ciphertext alone. */
  readonly messages: number;
  /** The newest few. */
  readonly newest: readonly RoomId[];
}

export async function unreadableRooms(reading: Reading): Promise<Unreadable> {
  const sum = await reading.get(sumUnreadable, {});
  const newest = await reading.all(newestUnreadable, {});
  return { rooms: sum?.rooms ?? 0, messages: sum?.messages ?? 0, newest: newest.map((row) => row.room) };
}

/** Whether this entry is the first that says of its room that it is encrypted. */
export async function switchedBy(reading: Reading, entry: EntryOf<'matrix.event'>): Promise<boolean> {
  const row = await reading.get(selectSwitched, { room: entry.body.room_id });
  return row?.switched === entry.position;
}

export interface Crossing {
  readonly room: RoomId;
  readonly first: string;
  readonly second: string;
  /** The entry that says so. */
  readonly since: Position;
}

/** Those that are not over; the oldest 10,000. */
export function openCrossings(reading: Reading): Promise<readonly Crossing[]> {
  return reading.all(selectCrossings, {});
}

async function apply(entry: Entry, writing: Writing): Promise<void> {
  if (entry.kind === 'matrix.event') await onEvent(entry.body, entry.position, writing);
  if (entry.kind === 'policy.barrier-crossed') await onCrossing(entry, writing);
  // Whoever still writes in it brings it back.
  if (entry.kind === 'room.gone') await writing.run(dropUnreadable, { room: entry.body.room });
}

async function onEvent(event: MatrixEvent, at: Position, writing: Writing): Promise<void> {
  const { type, state_key, room_id } = event;
  if (type === 'm.room.encryption' && state_key === '') {
    await writing.run(upsertSwitched, { room: room_id, position: at });
  } else if (type === 'm.room.tombstone' && state_key === '') {
    await writing.run(dropUnreadable, { room: room_id });
  } else if (type === 'm.room.encrypted' && state_key === undefined) {
    await writing.run(insertUnread, { room: room_id, position: at });
    await writing.run(countUnread, { room: room_id });
  }
}

async function onCrossing(
  { position: since, body }: EntryOf<'policy.barrier-crossed'>,
  writing: Writing,
): Promise<void> {
  const [first, second] = body.barrier;
  if (body.over) await writing.run(dropCrossing, { room: body.room, first, second });
  else await writing.run(upsertCrossing, { room: body.room, first, second, since });
}

export const supervisedProjection: Projection = {
  name: SUPERVISED,
  tables: ['policy_unreadable', 'policy_crossing'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists policy_unreadable (room ${t.text} primary key, since ${t.int} not null, switched ${t.int}, messages ${t.int} not null)${t.strict}`,
      `create table if not exists policy_crossing (room ${t.text} not null, first ${t.text} not null, second ${t.text} not null, since ${t.int} not null, primary key (room, first, second))${t.strict}`,
    ];
  },
  apply,
  forget: async (entry, writing, left) => {
    await forgetRooms(entry, writing, left);
    if (entry.kind !== 'matrix.event' || entry.body.type !== 'm.room.encrypted') return;
    await writing.run(uncountUnread, { room: entry.body.room_id, position: entry.position });
    await writing.run(dropUncounted, { room: entry.body.room_id });
  },
  carried: [{ table: 'policy_crossing', column: 'since', of: 'record' }],
};
