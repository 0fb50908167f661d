/**
 * What is known of every room the archive sees: members, state, what it is for. State is newest by the homeserver's
 * clock: gap repair and the second stream may bring an older event later.
 */
import { z } from 'zod';
import type { Entry, MatrixEvent, RoomUse } from '../../core/entry.ts';
import {
  must,
  parseDeskId,
  parseLineId,
  parseUserId,
  type PortalId,
  type Position,
  type RoomId,
} from '../../core/ids.ts';
import { forgetUnnamed } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { placeOfRoom } from './portal-store.ts';
import { memberSchema, membersOf, onMember, type Member } from './room-member-store.ts';

const STATE_KEY = 'room_state.state_key';

const roomRow = z.object({
  room: column.room,
  use_kind: z.enum(['space', 'desk', 'staff']).nullable(),
  use_id: z.string().nullable(),
  encrypted: column.flag,
  join_rule: z.string().nullable(),
});
type RoomRow = z.infer<typeof roomRow>;
const positionRow = z.object({ position: column.position });
const useRow = z.object({ room: column.room, since: column.position });

const selectRoom = statement<{ room: string }, RoomRow>(
  (db, p) =>
    db
      .selectFrom('room')
      .select(['room', 'use_kind', 'use_id', 'encrypted', 'join_rule'])
      .where('room', '=', p('room')),
  (row) => roomRow.parse(row),
);
const selectByUse = statement<{ kind: string; id: string }, z.infer<typeof useRow>>(
  (db, p) =>
    db
      .selectFrom('room')
      .select(['room', 'use_since as since'])
      .where('use_kind', '=', p('kind'))
      .where('use_id', '=', p('id'))
      .orderBy('use_since', 'desc')
      .limit(1),
  (row) => useRow.parse(row),
);
const selectDesks = statement<Record<string, never>, RoomRow>(
  (db) =>
    db
      .selectFrom('room')
      .select(['room', 'use_kind', 'use_id', 'encrypted', 'join_rule'])
      .where('use_kind', '=', 'desk')
      .orderBy('use_since', 'desc')
      .limit(100),
  (row) => roomRow.parse(row),
);
const selectState = statement<{ room: string; type: string; key: string }, { position: Position }>(
  (db, p) =>
    db
      .selectFrom('room_state')
      .select('position')
      .where('room', '=', p('room'))
      .where('type', '=', p('type'))
      .where('state_key', '=', p('key')),
  (row) => positionRow.parse(row),
);
const insertRoom = statement<{ room: string }>((db, p) =>
  db
    .insertInto('room')
    .values({ room: p('room'), use_kind: null, use_id: null, use_since: null, encrypted: 0, join_rule: null })
    .onConflict((oc) => oc.column('room').doNothing()),
);
const setUse = statement<{ room: string; kind: string; id: string; since: number }>((db, p) =>
  db
    .updateTable('room')
    .set({ use_kind: p('kind'), use_id: p('id'), use_since: p('since') })
    .where('room', '=', p('room')),
);
const dropUse = statement<{ room: string }>((db, p) =>
  db.updateTable('room').set({ use_kind: null, use_id: null, use_since: null }).where('room', '=', p('room')),
);
const setEncrypted = statement<{ room: string }>((db, p) =>
  db.updateTable('room').set({ encrypted: 1 }).where('room', '=', p('room')),
);
const setJoinRule = statement<{ room: string; rule: string | null }>((db, p) =>
  db
    .updateTable('room')
    .set({ join_rule: p('rule') })
    .where('room', '=', p('room')),
);
const upsertState = statement<{ room: string; type: string; key: string; at: number; position: number }>((db, p) =>
  db
    .insertInto('room_state')
    .values({ room: p('room'), type: p('type'), state_key: p('key'), at: p('at'), position: p('position') })
    .onConflict((oc) =>
      oc
        .columns(['room', 'type', 'state_key'])
        .doUpdateSet({ at: p('at'), position: p('position') })
        .where('room_state.at', '<=', p('at')),
    ),
);

const dropRoom = statement<{ room: string }>((db, p) =>
  db.deleteFrom('room').where('room', '=', p('room')).where('use_kind', 'is', null),
);
const forgetInside = forgetUnnamed('room', ['room_state', 'room'], ['room_member', 'room']);

export interface RoomFacts {
  readonly room: RoomId;
  readonly encrypted: boolean;
  /** `invite`, `public`, ...; undefined until the room's join rules were seen. */
  readonly joinRule: string | undefined;
  readonly use?: RoomUse;
  readonly portal?: PortalId;
  readonly members: readonly Member[];
}

export async function roomFacts(reading: Reading, sealer: Sealer, room: RoomId): Promise<RoomFacts | undefined> {
  const row = await reading.get(selectRoom, { room });
  if (row === undefined) return undefined;
  const members = await membersOf(reading, sealer, room);
  const use = useOf(row);
  const portal = (await placeOfRoom(reading, room))?.portal;
  return {
    room,
    encrypted: row.encrypted,
    joinRule: row.join_rule ?? undefined,
    ...(use === undefined ? {} : { use }),
    ...(portal === undefined ? {} : { portal }),
    members,
  };
}

/** The entry of a room's name, as far as seen. */
export async function nameEntryOf(reading: Reading, sealer: Sealer, room: RoomId): Promise<Position | undefined> {
  const key = sealer.lookup(STATE_KEY, '');
  return (await reading.get(selectState, { room, type: 'm.room.name', key }))?.position;
}

/** What a room of our own making is for; undefined for portals and rooms that are not ours. */
export async function useOfRoom(reading: Reading, room: RoomId): Promise<RoomUse | undefined> {
  const row = await reading.get(selectRoom, { room });
  return row === undefined ? undefined : useOf(row);
}

/** The newest room made for this use. */
export async function roomOfUse(reading: Reading, use: RoomUse): Promise<RoomId | undefined> {
  return (await placeOfUse(reading, use))?.room;
}

/** The same, with the entry that made it that. */
export function placeOfUse(reading: Reading, use: RoomUse): Promise<z.infer<typeof useRow> | undefined> {
  return reading.get(selectByUse, { kind: use.kind, id: idOfUse(use) });
}

/** The desks' rooms, of each desk the newest: where compliance is told. */
export async function deskRooms(reading: Reading): Promise<readonly RoomId[]> {
  const newest = new Map<string | null, RoomId>();
  for (const { use_id, room } of await reading.all(selectDesks, {})) {
    if (!newest.has(use_id)) newest.set(use_id, room);
  }
  return [...newest.values()];
}

function idOfUse(use: RoomUse): string {
  if (use.kind === 'space') return use.line;
  return use.kind === 'desk' ? use.desk : use.user;
}

function useOf(row: RoomRow): RoomUse | undefined {
  if (row.use_kind === null || row.use_id === null) return undefined;
  if (row.use_kind === 'space') return { kind: 'space', line: must(parseLineId(row.use_id)) };
  if (row.use_kind === 'desk') return { kind: 'desk', desk: must(parseDeskId(row.use_id)) };
  return { kind: 'staff', user: must(parseUserId(row.use_id)) };
}

async function onState(
  event: MatrixEvent & { readonly state_key: string },
  entry: Entry,
  writing: Writing,
  sealer: Sealer,
): Promise<void> {
  const { room_id: room, type } = event;
  const key = sealer.lookup(STATE_KEY, event.state_key);
  await writing.run(upsertState, { room, type, key, at: event.origin_server_ts, position: entry.position });
  if (type === 'm.room.encryption') await writing.run(setEncrypted, { room });
  const rule = event.content['join_rule'];
  if (type === 'm.room.join_rules')
    await writing.run(setJoinRule, { room, rule: typeof rule === 'string' ? rule : null });
}

async function apply(entry: Entry, writing: Writing, part: { sealer: Sealer; domain: string }): Promise<void> {
  if (entry.kind === 'room.made') {
    const { room, use } = entry.body;
    await writing.run(insertRoom, { room });
    await writing.run(setUse, { room, kind: use.kind, id: idOfUse(use), since: entry.position });
  } else if (entry.kind === 'room.gone') {
    await writing.run(dropUse, { room: entry.body.room });
  } else if (entry.kind === 'matrix.event') {
    await writing.run(insertRoom, { room: entry.body.room_id });
    const { state_key } = entry.body;
    if (state_key === undefined) return;
    const event = { ...entry.body, state_key };
    await onState(event, entry, writing, part.sealer);
    if (event.type === 'm.room.member') await onMember(event, entry, writing, part);
  }
}

export function roomsProjection(domain: string): Projection {
  return {
    name: 'rooms',
    tables: ['room', 'room_state', 'room_member'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists room (room ${t.text} primary key, use_kind ${t.text}, use_id ${t.text}, use_since ${t.int}, encrypted ${t.int} not null, join_rule ${t.text})${t.strict}`,
        'create index if not exists room_by_use on room (use_kind, use_id)',
        `create table if not exists room_state (room ${t.text} not null, type ${t.text} not null, state_key ${t.text} not null, at ${t.int} not null, position ${t.int} not null, primary key (room, type, state_key))${t.strict}`,
        ...memberSchema(dialect),
      ];
    },
    apply: (entry, writing, sealer) => apply(entry, writing, { sealer, domain }),
    forget: async (entry, writing, left) => {
      await forgetInside(entry, writing, left);
      // A room of our own making is ours as long as `room.made` says so, which names no room to search by.
      const { room } = entry;
      if (room !== undefined && !(await left.names('room', room))) await writing.run(dropRoom, { room });
    },
    carried: ['room', 'room_state', 'room_member'].map((table) => ({ table, column: 'room', of: 'room' as const })),
  };
}
