/** Portals: the Matrix room of one (line, contact). The row is made in the commit that first needs it, the room later. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import {
  must,
  parseAddress,
  portalIdAt,
  type Address,
  type ClassId,
  type ContactId,
  type LineId,
  type NetworkId,
  type PortalId,
  type Position,
  type RoomId,
} from '../../core/ids.ts';
import { endsOf } from '../../core/network-entries.ts';
import { closes } from '../../journal/closing.ts';
import { forgetUnnamed } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { contactByAddress, shownName } from '../contacts/contact-store.ts';

const ADDRESS = 'portal.address';

/** `opening` until its first room is there; `gone` when the room was lost and the next message makes a new one. */
const stateColumn = z.enum(['opening', 'open', 'gone']);
const portalRow = z.object({
  id: column.portal,
  line: column.line,
  network: column.network,
  contact: column.contact,
  address: column.bytes,
  class: column.class,
  room: column.room.nullable(),
  gone_room: column.room.nullable(),
  state: stateColumn,
  created: column.position,
});
type PortalRow = z.infer<typeof portalRow>;
const all = ['id', 'line', 'network', 'contact', 'address', 'class', 'room', 'gone_room', 'state', 'created'] as const;

/** Who and where a portal is, all of it in ids. */
export interface PortalPlace {
  readonly portal: PortalId;
  readonly line: LineId;
  readonly contact: ContactId;
  readonly class: ClassId;
}

export interface Portal extends PortalPlace {
  readonly network: NetworkId;
  /** Where an answer goes: the address that wrote last. */
  readonly address: Address;
  /** The contact's name, or its number as people write it. */
  readonly name: string;
  readonly room: RoomId | undefined;
  /** A room that was lost: never used again. */
  readonly goneRoom: RoomId | undefined;
  readonly state: z.infer<typeof stateColumn>;
  /** The entry that made it. */
  readonly created: Position;
}

const selectById = statement<{ id: string }, PortalRow>(
  (db, p) => db.selectFrom('portal').select(all).where('id', '=', p('id')),
  (row) => portalRow.parse(row),
);
const selectByRoom = statement<{ room: string }, PortalRow>(
  (db, p) => db.selectFrom('portal').select(all).where('room', '=', p('room')),
  (row) => portalRow.parse(row),
);
const selectByContact = statement<{ contact: string }, PortalRow>(
  (db, p) => db.selectFrom('portal').select(all).where('contact', '=', p('contact')).orderBy('created').limit(100),
  (row) => portalRow.parse(row),
);
const selectFor = statement<{ line: string; contact: string }, PortalRow>(
  (db, p) => db.selectFrom('portal').select(all).where('line', '=', p('line')).where('contact', '=', p('contact')),
  (row) => portalRow.parse(row),
);
const selectAfter = statement<{ id: string; limit: number }, PortalRow>(
  (db, p) =>
    db
      .selectFrom('portal')
      .select(all)
      .where('id', '>', p('id'))
      .orderBy('id')
      .limit(sql<number>`${p('limit')}`),
  (row) => portalRow.parse(row),
);
const insert = statement<{
  id: string;
  line: string;
  network: string;
  contact: string;
  address: Uint8Array;
  class: string;
  created: number;
}>((db, p) =>
  db.insertInto('portal').values({
    id: p('id'),
    line: p('line'),
    network: p('network'),
    contact: p('contact'),
    address: p('address'),
    class: p('class'),
    room: null,
    gone_room: null,
    state: 'opening',
    created: p('created'),
  }),
);
const setAddress = statement<{ id: string; address: Uint8Array }>((db, p) =>
  db
    .updateTable('portal')
    .set({ address: p('address') })
    .where('id', '=', p('id')),
);
const setRoom = statement<{ id: string; room: string }>((db, p) =>
  db
    .updateTable('portal')
    .set({ room: p('room'), state: 'open' })
    .where('id', '=', p('id')),
);
const rejectRoom = statement<{ id: string; room: string }>((db, p) =>
  db
    .updateTable('portal')
    .set({ gone_room: p('room') })
    .where('id', '=', p('id'))
    .where('room', 'is', null),
);
const loseRoom = statement<{ room: string }>((db, p) =>
  db
    .updateTable('portal')
    .set({ room: null, gone_room: p('room'), state: 'gone' })
    .where('room', '=', p('room')),
);

async function opened(row: PortalRow, reading: Reading, sealer: Sealer): Promise<Portal> {
  const address = must(parseAddress(sealer.open(ADDRESS, row.address)));
  return {
    ...place(row),
    network: row.network,
    address,
    name: await shownName(reading, sealer, { contact: row.contact, address }),
    room: row.room ?? undefined,
    goneRoom: row.gone_room ?? undefined,
    state: row.state,
    created: row.created,
  };
}

function place(row: PortalRow): PortalPlace {
  return { portal: row.id, line: row.line, contact: row.contact, class: row.class };
}

export async function portalById(reading: Reading, sealer: Sealer, id: PortalId): Promise<Portal | undefined> {
  const row = await reading.get(selectById, { id });
  return row === undefined ? undefined : opened(row, reading, sealer);
}

/** The portal whose room this is now. */
export async function portalByRoom(reading: Reading, sealer: Sealer, room: RoomId): Promise<Portal | undefined> {
  const row = await reading.get(selectByRoom, { room });
  return row === undefined ? undefined : opened(row, reading, sealer);
}

export async function portalFor(
  reading: Reading,
  sealer: Sealer,
  of: { readonly line: LineId; readonly contact: ContactId },
): Promise<Portal | undefined> {
  const row = await reading.get(selectFor, { line: of.line, contact: of.contact });
  return row === undefined ? undefined : opened(row, reading, sealer);
}

/** All portals of one contact, oldest first; at most 100. */
export async function portalsOf(reading: Reading, contact: ContactId): Promise<readonly PortalPlace[]> {
  return (await reading.all(selectByContact, { contact })).map(place);
}

/** Portals by their ids, behind `id`; `''` begins. */
export async function portalsAfter(
  reading: Reading,
  id: PortalId | '',
  limit: number,
): Promise<readonly PortalPlace[]> {
  return (await reading.all(selectAfter, { id, limit })).map(place);
}

export async function placeOfRoom(reading: Reading, room: RoomId): Promise<PortalPlace | undefined> {
  const row = await reading.get(selectByRoom, { room });
  return row === undefined ? undefined : place(row);
}

export async function placeOfPortal(
  reading: Reading,
  id: PortalId,
): Promise<(PortalPlace & { readonly room: RoomId | undefined }) | undefined> {
  const row = await reading.get(selectById, { id });
  return row === undefined ? undefined : { ...place(row), room: row.room ?? undefined };
}

/** The portal of a line and an address, by ids alone. */
export async function placeOfAddress(
  reading: Reading,
  sealer: Sealer,
  at: { readonly line: LineId; readonly network: NetworkId; readonly address: Address },
): Promise<PortalPlace | undefined> {
  const contact = await contactByAddress(reading, sealer, at);
  if (contact === undefined) return undefined;
  const row = await reading.get(selectFor, { line: at.line, contact });
  return row === undefined ? undefined : place(row);
}

interface Wanted {
  readonly line: LineId;
  readonly network: NetworkId;
  readonly address: Address;
}

async function ensurePortal(entry: Entry, wanted: Wanted, writing: Writing, sealer: Sealer): Promise<void> {
  const contact = await contactByAddress(writing, sealer, wanted);
  if (contact === undefined) throw new Error('a portal needs its contact first');
  const address = sealer.seal(ADDRESS, wanted.address);
  const known = await writing.get(selectFor, { line: wanted.line, contact });
  if (known !== undefined) {
    // Sealing is deterministic: the same bytes are the same address, and mostly it is the same.
    if (Buffer.compare(known.address, address) !== 0) await writing.run(setAddress, { id: known.id, address });
    return;
  }
  const { line, network } = wanted;
  const made = { line, network, contact, address, class: entry.class, created: entry.position };
  await writing.run(insert, { id: portalIdAt(entry.position), ...made });
}

/** From now on it is answered where the chat is now. */
async function onChat({ line, body }: EntryOf<'network.chat'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { network, chat, movedTo } = body;
  if (line === undefined || movedTo === undefined) return;
  const place = await placeOfAddress(writing, sealer, { line, network, address: chat });
  if (place !== undefined) await writing.run(setAddress, { id: place.portal, address: sealer.seal(ADDRESS, movedTo) });
}

async function onClosed(entry: EntryOf<'portal.closed'>, writing: Writing): Promise<void> {
  const { portal: id, room } = entry.body;
  if (room === undefined || !(await closes(entry, writing))) return;
  await writing.run(rejectRoom, { id, room });
  await writing.run(loseRoom, { room });
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  switch (entry.kind) {
    case 'network.message':
      if (entry.line === undefined) return;
      await ensurePortal(
        entry,
        { line: entry.line, network: entry.body.network, address: endsOf(entry.body).chat },
        writing,
        sealer,
      );
      return;
    case 'network.chat':
      return onChat(entry, writing, sealer);
    case 'portal.wanted':
      await ensurePortal(entry, entry.body, writing, sealer);
      return;
    case 'portal.opened':
      await writing.run(setRoom, { id: entry.body.portal, room: entry.body.room });
      return;
    case 'portal.moved':
      await writing.run(setRoom, { id: entry.body.portal, room: entry.body.to });
      return;
    case 'portal.closed':
      return onClosed(entry, writing);
    case 'room.gone':
      await writing.run(loseRoom, { room: entry.body.room });
      return;
    default:
  }
}

export const portalsProjection: Projection = {
  name: 'portals',
  tables: ['portal'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists portal (id ${t.text} primary key, line ${t.text} not null, network ${t.text} not null, contact ${t.text} not null, address ${t.bytes} not null, class ${t.text} not null, room ${t.text}, gone_room ${t.text}, state ${t.text} not null, created ${t.int} not null, unique (line, contact))${t.strict}`,
      'create unique index if not exists portal_by_room on portal (room)',
      'create index if not exists portal_by_contact on portal (contact)',
    ];
  },
  apply,
  forget: forgetUnnamed('portal', ['portal', 'id']),
  carried: [{ table: 'portal', column: 'id', of: 'portal' }],
};
