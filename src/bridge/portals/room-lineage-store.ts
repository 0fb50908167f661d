/**
 * The rooms of a portal that are not its room now: one that was made for it and is not on record as its room yet
 * (`made`), the one that a tombstone names (`next`), those it moved out of (`moved`) and those that were lost (`gone`). What
 * is written in any of them belongs to the portal. One that was deleted for good (`closed`) belongs to its line alone: the
 * homeserver empties it, and that says nothing more of the contact.
 */
import { z } from 'zod';
import type { Entry, EntryOf, MatrixEvent } from '../../core/entry.ts';
import { parsePortalId, parseRoomId, positionOfPortal } from '../../core/ids.ts';
import type { PortalId, Position, RoomId } from '../../core/ids.ts';
import { closes } from '../../journal/closing.ts';
import { forgetUnnamed } from '../../journal/forget-rows.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { PORTAL_MARK } from './portal-state.ts';
import { placeOfPortal, placeOfRoom } from './portal-store.ts';

const lineageRow = z.object({
  room: column.room,
  portal: column.portal,
  state: z.enum(['made', 'next', 'moved', 'gone', 'closed']),
  since: column.position,
});
export type OtherRoom = z.infer<typeof lineageRow>;
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

const dropMade = statement<{ room: string }>((db, p) =>
  db.deleteFrom('portal_other_room').where('room', '=', p('room')).where('state', '=', 'made'),
);

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

/** @gatehouse made this room for a portal: by the room's creation, whose content nobody else can write. */
export async function madeFor(
  { type, sender, state_key, content }: MatrixEvent,
  reading: Reading,
  domain: string,
): Promise<PortalId | undefined> {
  if (type !== 'm.room.create' || state_key !== '' || sender !== `@gatehouse:${domain}`) return undefined;
  const mark = content[PORTAL_MARK];
  const [name, epoch = '1'] = typeof mark === 'string' ? mark.split('/') : [];
  const portal = parsePortalId(name);
  if (!portal.ok || (await placeOfPortal(reading, portal.value)) === undefined) return undefined;
  // A restore gives positions again: of an earlier life, the portal is another customer's.
  const now = await epochAt(positionOfPortal(portal.value), reading);
  return String(now) === epoch ? portal.value : undefined;
}

async function onMade(entry: EntryOf<'matrix.event'>, writing: Writing, domain: string): Promise<void> {
  const portal = await madeFor(entry.body, writing, domain);
  if (portal === undefined) return;
  const { room_id: room } = entry.body;
  if ((await placeOfRoom(writing, room)) !== undefined || (await otherRoom(writing, room)) !== undefined) return;
  await set(writing, { room, portal, since: entry.position }, 'made');
}

/** In a rebuild, a portal of which nothing is left is not there any more. */
async function onClosed(entry: EntryOf<'portal.closed'>, writing: Writing): Promise<void> {
  const { portal, room } = entry.body;
  if (room === undefined || (await placeOfPortal(writing, portal)) === undefined) return;
  if (await closes(entry, writing)) await set(writing, { room, portal, since: entry.position }, 'gone');
}

async function onRoomGone({ position: since, body }: EntryOf<'room.gone'>, writing: Writing): Promise<void> {
  const { room, portal } = body;
  if (portal !== undefined) return set(writing, { room, portal, since }, 'gone');
  const other = await otherRoom(writing, room);
  if (other !== undefined) await set(writing, { room, portal: other.portal, since }, 'closed');
}

async function apply(entry: Entry, writing: Writing, domain: string): Promise<void> {
  const since = entry.position;
  switch (entry.kind) {
    case 'matrix.event':
      await onMade(entry, writing, domain);
      return onTombstone(entry, writing);
    case 'portal.opened':
      // A room that was lost and is used again stays one that was lost once.
      await writing.run(dropMade, { room: entry.body.room });
      return;
    case 'portal.moved':
      await writing.run(drop, { room: entry.body.to });
      return set(writing, { room: entry.body.from, portal: entry.body.portal, since }, 'moved');
    case 'portal.closed':
      return onClosed(entry, writing);
    case 'room.gone':
      return onRoomGone(entry, writing);
    default:
  }
}

/** `domain` is the homeserver's: its @gatehouse makes the rooms. */
export function roomLineageProjection(domain: string): Projection {
  return {
    name: 'portal-rooms',
    tables: ['portal_other_room'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists portal_other_room (room ${t.text} primary key, portal ${t.text} not null, state ${t.text} not null, since ${t.int} not null)${t.strict}`,
        'create index if not exists portal_other_room_by_portal on portal_other_room (portal)',
      ];
    },
    apply: (entry, writing) => apply(entry, writing, domain),
    forget: forgetUnnamed('portal', ['portal_other_room', 'portal']),
    carried: [{ table: 'portal_other_room', column: 'portal', of: 'portal' }],
  };
}
