/** The rooms that the bots answer in, and what they have said there once: made from `room.made` and `staff.notice`. */
import { z } from 'zod';
import type { Entry, EntryOf } from '../core/entry.ts';
import { must, parseDeskId, parsePosition, type DeskId, type Position, type RoomId, type UserId } from '../core/ids.ts';
import type { Projection } from '../journal/projection.ts';
import type { Reading, Writing } from '../storage/database.ts';
import type { Dialect } from '../storage/dialect.ts';
import type { Sealer } from '../storage/sealer.ts';
import { statement } from '../storage/statement.ts';
import { types } from '../storage/types.ts';

/** What the bots say once: the recording notice (a user), where to write instead (a room), that they took an invite
 * (a room), why a desk is silent (a room, until it speaks again). */
export type Notice = 'first-day' | 'write-elsewhere' | 'greeted' | 'desk-silent' | 'desk-speaks';

export type OurRoom = { readonly kind: 'staff' } | { readonly kind: 'desk'; readonly desk: DeskId };

const USER = 'bot_said.user';
const roomRow = z.object({ kind: z.enum(['staff', 'desk']), desk: z.string().nullable() });
const saidRow = z.object({ position: z.number() });

const selectRoom = statement<{ room: string }, z.infer<typeof roomRow>>(
  (db, p) => db.selectFrom('bot_room').select(['kind', 'desk']).where('room', '=', p('room')),
  (row) => roomRow.parse(row),
);
const upsertRoom = statement<{ room: string; kind: string; desk: string | null }>((db, p) =>
  db
    .insertInto('bot_room')
    .values({ room: p('room'), kind: p('kind'), desk: p('desk') })
    .onConflict((oc) => oc.column('room').doUpdateSet({ kind: p('kind'), desk: p('desk') })),
);
const dropRoom = statement<{ room: string }>((db, p) => db.deleteFrom('bot_room').where('room', '=', p('room')));
const selectSaid = statement<{ subject: string; notice: string }, z.infer<typeof saidRow>>(
  (db, p) =>
    db
      .selectFrom('bot_said')
      .select(['position'])
      .where('subject', '=', p('subject'))
      .where('notice', '=', p('notice')),
  (row) => saidRow.parse(row),
);
const insertSaid = statement<{ subject: string; notice: string; position: number }>((db, p) =>
  db
    .insertInto('bot_said')
    .values({ subject: p('subject'), notice: p('notice'), position: p('position') })
    .onConflict((oc) => oc.columns(['subject', 'notice']).doNothing()),
);
const dropSaid = statement<{ subject: string; notice: string }>((db, p) =>
  db.deleteFrom('bot_said').where('subject', '=', p('subject')).where('notice', '=', p('notice')),
);

/** Undefined for portals, spaces and rooms that are not ours. */
export async function ourRoom(reading: Reading, room: RoomId): Promise<OurRoom | undefined> {
  const row = await reading.get(selectRoom, { room });
  if (row === undefined) return undefined;
  return row.desk === null ? { kind: 'staff' } : { kind: 'desk', desk: must(parseDeskId(row.desk)) };
}

/** Where `notice` was given in this room. */
export async function saidInRoom(reading: Reading, room: RoomId, notice: Notice): Promise<Position | undefined> {
  return positionOf(await reading.get(selectSaid, { subject: room, notice }));
}

/** Where `notice` was given to this person, in whatever room. */
export async function saidToUser(
  reading: Reading,
  sealer: Sealer,
  of: { readonly user: UserId; readonly notice: Notice },
): Promise<Position | undefined> {
  return positionOf(await reading.get(selectSaid, { subject: sealer.lookup(USER, of.user), notice: of.notice }));
}

function positionOf(row: { readonly position: number } | undefined): Position | undefined {
  return row === undefined ? undefined : must(parsePosition(row.position));
}

async function noticed(entry: EntryOf<'staff.notice'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { room, user, notice } = entry.body;
  if (notice === 'desk-speaks') {
    await writing.run(dropSaid, { subject: room, notice: 'desk-silent' });
    return;
  }
  for (const subject of [room, sealer.lookup(USER, user)]) {
    await writing.run(insertSaid, { subject, notice, position: entry.position });
  }
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  if (entry.kind === 'staff.notice') return noticed(entry, writing, sealer);
  if (entry.kind === 'room.gone') await writing.run(dropRoom, { room: entry.body.room });
  if (entry.kind !== 'room.made') return;
  const { room, use } = entry.body;
  if (use.kind === 'staff') await writing.run(upsertRoom, { room, kind: 'staff', desk: null });
  if (use.kind === 'desk') await writing.run(upsertRoom, { room, kind: 'desk', desk: use.desk });
}

export const ourRoomsProjection: Projection = {
  name: 'bot-rooms',
  tables: ['bot_room', 'bot_said'],
  schema: (dialect: Dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists bot_room (room ${t.text} primary key, kind ${t.text} not null, desk ${t.text})${t.strict}`,
      `create table if not exists bot_said (subject ${t.text} not null, notice ${t.text} not null, position ${t.int} not null, primary key (subject, notice))${t.strict}`,
    ];
  },
  apply,
  // What was said once is not said again, however long ago the record of it went.
  carried: [{ table: 'bot_said', column: 'position', of: 'record' }],
};
