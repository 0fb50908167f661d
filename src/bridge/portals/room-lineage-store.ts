/**
 * The rooms of a portal that are not its room now: the one that a tombstone names (`next`), those it moved out of
 * (`moved`) and those that were lost (`gone`). What is written in any of them belongs to the portal.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { parseRoomId, type PortalId, type Position, type RoomId } from '../../core/ids.ts';
import { forgetUnnamed } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { placeOfPortal, placeOfRoom } from './portal-store.ts';

const lineageRow = z.object({
  room: column.room,
  portal: column.portal,
  state: z.enum(['next', 'moved', 'gone']),
  since: column.position,
});
type OtherRoom = z.infer<typeof lineageRow>;
const all = ['room', 'portal', 'state', 'since'] as const;

const byRoom = statement<{ room: string }, OtherRoom>(
  (db, p) => db.selectFrom('portal_other_room').select(all).where('room', '=', p('room')),
  (row) => lineageRow.parse(row),
);
const byPortal = statement<{ portal: string }, OtherRoom>(
  (db, p) =>
    db
      .selectFrom('portal_other_room')
      .select(all)
      .where('portal', '=', p('portal'))
      .orderBy('since', 'desc')
      .limit(100),
  (row) => lineageRow.parse(row),
);
const upsert = statement<{ room: string; portal: string; state: string; since: number }>((db, p) =>
  db
    .insertInto('portal_other_room')
    .values({ room: p('room'), portal: p('portal'), state: p('state'), since: p('since') })
    .onConflict((oc) => oc.column('room').doUpdateSet({ state: p('state'), since: p('since') })),
);
const drop = statement<{ room: string }>((db, p) => db.deleteFrom('portal_other_room').where('room', '=', p('room')));

/** The portal that `room` will be or was a room of. */
export function otherRoom(reading: Reading, room: RoomId): Promise<OtherRoom | undefined> {
  return reading.get(byRoom, { room });
}

/** Newest first, at most 100. */
export function otherRoomsOf(reading: Reading, portal: PortalId): Promise<readonly OtherRoom[]> {
  return reading.all(byPortal, { portal });
}

/** Where a tombstone says that the room goes on. */
export function replacementIn(event: EntryOf<'matrix.event'>['body']): RoomId | undefined {
  if (event.type !== 'm.room.tombstone' || event.state_key !== '') return undefined;
  const to = parseRoomId(event.content['replacement_room']);
  return to.ok && to.value !== event.room_id ? to.value : undefined;
}

async function set(
  writing: Writing,
  at: { readonly room: RoomId; readonly portal: PortalId; readonly since: Position },
  state: OtherRoom['state'],
): Promise<void> {
  await writing.run(upsert, { ...at, state });
}

/** Only of the portal's own room, and never a room that another portal has: anybody can name any room. */
async function onTombstone(entry: EntryOf<'matrix.event'>, writing: Writing): Promise<void> {
  const to = replacementIn(entry.body);
  if (to === undefined || entry.portal === undefined) return;
  const place = await placeOfPortal(writing, entry.portal);
  if (place?.room !== entry.body.room_id) return;
  if ((await placeOfRoom(writing, to)) !== undefined || (await otherRoom(writing, to)) !== undefined) return;
  await set(writing, { room: to, portal: entry.portal, since: entry.position }, 'next');
}

async function apply(entry: Entry, writing: Writing): Promise<void> {
  const since = entry.position;
  switch (entry.kind) {
    case 'matrix.event':
      return onTombstone(entry, writing);
    case 'portal.moved':
      await writing.run(drop, { room: entry.body.to });
      return set(writing, { room: entry.body.from, portal: entry.body.portal, since }, 'moved');
    case 'portal.closed':
      return set(writing, { room: entry.body.room, portal: entry.body.portal, since }, 'gone');
    case 'room.gone':
      if (entry.body.portal === undefined) return;
      return set(writing, { room: entry.body.room, portal: entry.body.portal, since }, 'gone');
    default:
  }
}

export const roomLineageProjection: Projection = {
  name: 'portal-rooms',
  tables: ['portal_other_room'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists portal_other_room (room ${t.text} primary key, portal ${t.text} not null, state ${t.text} not null, since ${t.int} not null)${t.strict}`,
      'create index if not exists portal_other_room_by_portal on portal_other_room (portal)',
    ];
  },
  apply,
  forget: forgetUnnamed('portal', ['portal_other_room', 'portal']),
  carried: [{ table: 'portal_other_room', column: 'portal', of: 'portal' }],
};
