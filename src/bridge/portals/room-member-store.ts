/** Who is in every room the archive sees, was in it, or is invited: newest by the homeserver's clock, as in `room-store.ts`. */
import { z } from 'zod';
import type { Entry, MatrixEvent } from '../../core/entry.ts';
import { must, parseUserId, type RoomId, type UserId } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { kindOfUser } from '../people/our-users.ts';

const USER = 'room_member.member';

const memberRow = z.object({ member: column.bytes, membership: z.enum(['join', 'invite']) });
const countRow = z.object({ n: z.number() });
const membershipRow = z.object({ membership: z.string() });
const ofRoomRow = z.object({ room: column.room });

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
const selectRoomsOf = statement<{ lookup: string }, { room: RoomId }>(
  (db, p) =>
    db
      .selectFrom('room_member')
      .select('room')
      .where('lookup', '=', p('lookup'))
      .where('membership', 'in', ['join', 'invite']),
  (row) => ofRoomRow.parse(row),
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

export interface Member {
  readonly user: UserId;
  readonly membership: 'join' | 'invite';
}

/** In the room or invited to it, at most 10,000, in the order in which they came. */
export async function membersOf(reading: Reading, sealer: Sealer, room: RoomId): Promise<readonly Member[]> {
  const rows = await reading.all(selectMembers, { room });
  return rows.map(({ member, membership }) => ({ user: must(parseUserId(sealer.open(USER, member))), membership }));
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

/** Rooms that any of these people is in or invited to, as far as seen. */
export async function roomsOf(reading: Reading, sealer: Sealer, users: readonly UserId[]): Promise<readonly RoomId[]> {
  const rooms = new Set<RoomId>();
  for (const user of users) {
    for (const { room } of await reading.all(selectRoomsOf, { lookup: sealer.lookup(USER, user) })) rooms.add(room);
  }
  return [...rooms];
}

/** Whether somebody from outside the company, another server's user or a ghost, is in the room. */
export async function hasOutsiders(reading: Reading, room: RoomId): Promise<boolean> {
  const row = await reading.get(countOutsiders, { room });
  return row !== undefined && row.n > 0;
}

const MEMBERSHIPS = new Set(['join', 'invite', 'leave', 'ban', 'knock']);

export async function onMember(
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

export function memberSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists room_member (room ${t.text} not null, lookup ${t.text} not null, member ${t.bytes} not null, membership ${t.text} not null, outside ${t.int} not null, at ${t.int} not null, position ${t.int} not null, primary key (room, lookup))${t.strict}`,
    'create index if not exists room_member_outside on room_member (room, outside)',
    'create index if not exists room_member_by_lookup on room_member (lookup)',
  ];
}
