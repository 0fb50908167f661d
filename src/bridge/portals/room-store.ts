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
  type UserId,
} from '../../core/ids.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { kindOfUser } from '../people/our-users.ts';
import { placeOfRoom } from './portal-store.ts';

const USER = 'room_member.member';
const STATE_KEY = 'room_state.state_key';

const roomRow = z.object({
  room: column.room,
  use_kind: z.enum(['space', 'desk', 'staff']).nullable(),
  use_id: z.string().nullable(),
  encrypted: column.flag,
  join_rule: z.string().nullable(),
});
type RoomRow = z.infer<typeof roomRow>;
const memberRow = z.object({ member: column.bytes, membership: z.enum(['join', 'invite']) });
const countRow = z.object({ n: z.number() });
const membershipRow = z.object({ membership: z.string() });
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
const selectMembers = statement<{ room: string }, z.infer<typeof memberRow>>(
  (db, p) =>
    db
      .selectFrom('room_member')
      .select(['member', 'membership'])
      .where('room', '=', p('room'))
      .where('membership', 'in', ['join', 'invite'])
      .orderBy('position')
      .limit(10_000),
  (row) => memberRow.parse(row),
);
const selectMember = statement<{ room: string; lookup: string }, { membership: string }>(
  (db, p) =>
    db.selectFrom('room_member').select('membership').where('room', '=', p('room')).where('lookup', '=', p('lookup')),
  (row) => membershipRow.parse(row),
);
const countOutsiders = statement<{ room: string }, { n: number }>(
  (db, p) =>
    db
      .selectFrom('room_member')
      .select((eb) => eb.fn.countAll().as('n'))
      .where('room', '=', p('room'))
      .where('outside', '=', 1)
      .where('membership', 'in', ['join', 'invite']),
  (row) => countRow.parse(row),
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
const upsertMember = statement<{
  room: string;
  lookup: string;
  member: Uint8Array;
  membership: string;
  outside: number;
  at: number;
  position: number;
}>((db, p) =>
  db
    .insertInto('room_member')
    .values({
      room: p('room'),
      lookup: p('lookup'),
      member: p('member'),
      membership: p('membership'),
      outside: p('outside'),
      at: p('at'),
      position: p('position'),
    })
    .onConflict((oc) =>
      oc
        .columns(['room', 'lookup'])
        .doUpdateSet({ membership: p('membership'), at: p('at'), position: p('position') })
        .where('room_member.at', '<=', p('at')),
    ),
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

export interface RoomFacts {
  readonly room: RoomId;
  readonly encrypted: boolean;
  /** `invite`, `public`, ...; undefined until the room's join rules were seen. */
  readonly joinRule: string | undefined;
  readonly use?: RoomUse;
  readonly portal?: PortalId;
  readonly members: readonly { readonly user: UserId; readonly membership: 'join' | 'invite' }[];
}

export async function roomFacts(reading: Reading, sealer: Sealer, room: RoomId): Promise<RoomFacts | undefined> {
  const row = await reading.get(selectRoom, { room });
  if (row === undefined) return undefined;
  const members = await reading.all(selectMembers, { room });
  const use = useOf(row);
  const portal = (await placeOfRoom(reading, room))?.portal;
  return {
    room,
    encrypted: row.encrypted,
    joinRule: row.join_rule ?? undefined,
    ...(use === undefined ? {} : { use }),
    ...(portal === undefined ? {} : { portal }),
    members: members.map((row_) => ({
      user: must(parseUserId(sealer.open(USER, row_.member))),
      membership: row_.membership,
    })),
  };
}

/** The entry of a room's name, as far as seen. */
export async function nameEntryOf(reading: Reading, sealer: Sealer, room: RoomId): Promise<Position | undefined> {
  const key = sealer.lookup(STATE_KEY, '');
  return (await reading.get(selectState, { room, type: 'm.room.name', key }))?.position;
}

/** `join`, `invite`, `leave`, `ban`, `knock` as far as seen. */
export async function membershipOf(
  reading: Reading,
  sealer: Sealer,
  of: { readonly room: RoomId; readonly user: UserId },
): Promise<string | undefined> {
  const row = await reading.get(selectMember, { room: of.room, lookup: sealer.lookup(USER, of.user) });
  return row?.membership;
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

/** Whether somebody from outside the company, another server's user or a ghost, is in the room. */
export async function hasOutsiders(reading: Reading, room: RoomId): Promise<boolean> {
  const row = await reading.get(countOutsiders, { room });
  return row !== undefined && row.n > 0;
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

const MEMBERSHIPS = new Set(['join', 'invite', 'leave', 'ban', 'knock']);

async function onMember(
  event: MatrixEvent & { readonly state_key: string },
  entry: Entry,
  writing: Writing,
  part: { readonly sealer: Sealer; readonly domain: string },
): Promise<void> {
  const membership = event.content['membership'];
  const user = parseUserId(event.state_key);
  if (!user.ok || typeof membership !== 'string' || !MEMBERSHIPS.has(membership)) return;
  const kind = kindOfUser(user.value, part.domain);
  await writing.run(upsertMember, {
    room: event.room_id,
    lookup: part.sealer.lookup(USER, user.value),
    member: part.sealer.seal(USER, user.value),
    membership,
    outside: kind === 'foreign' || kind === 'ghost' ? 1 : 0,
    at: event.origin_server_ts,
    position: entry.position,
  });
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
        `create table if not exists room_member (room ${t.text} not null, lookup ${t.text} not null, member ${t.bytes} not null, membership ${t.text} not null, outside ${t.int} not null, at ${t.int} not null, position ${t.int} not null, primary key (room, lookup))${t.strict}`,
        'create index if not exists room_member_outside on room_member (room, outside)',
      ];
    },
    apply: (entry, writing, sealer) => apply(entry, writing, { sealer, domain }),
  };
}
