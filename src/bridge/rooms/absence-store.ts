/**
 * Who left a portal or was put out of it by a person: nobody fights that by inviting again. It ends when they come back
 * or a person asks them back.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { must, parseUserId, type PortalId, type RoomId, type UserId } from '../../core/ids.ts';
import { forgetUnnamed } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { kindOfUser } from '../people/our-users.ts';
import { placeOfPortal } from '../portals/portal-store.ts';
import { membershipOf } from '../portals/room-member-store.ts';

const USER = 'portal_absence.member';
/** A deleted room empties itself member by member, everybody leaving in their own name (Synapse, admin API "Delete Room"). */
const EMPTYING_MS = 5 * 60_000;

const absenceRow = z.object({ absent: column.flag });
const byUser = statement<{ portal: string; lookup: string }, z.infer<typeof absenceRow>>(
  (db, p) =>
    db
      .selectFrom('portal_absence')
      .select('absent')
      .where('portal', '=', p('portal'))
      .where('lookup', '=', p('lookup')),
  (row) => absenceRow.parse(row),
);
const upsert = statement<{ portal: string; lookup: string; absent: number; at: number }>((db, p) =>
  db
    .insertInto('portal_absence')
    .values({ portal: p('portal'), lookup: p('lookup'), absent: p('absent'), at: p('at') })
    .onConflict((oc) =>
      oc
        .columns(['portal', 'lookup'])
        .doUpdateSet({ absent: p('absent'), at: p('at') })
        .where('portal_absence.at', '<=', p('at')),
    ),
);
const forgetSince = statement<{ portal: string; at: number }>((db, p) =>
  db.deleteFrom('portal_absence').where('portal', '=', p('portal')).where('at', '>=', p('at')),
);

async function isAbsent(
  reading: Reading,
  sealer: Sealer,
  of: { readonly portal: PortalId; readonly user: UserId },
): Promise<boolean> {
  const row = await reading.get(byUser, { portal: of.portal, lookup: sealer.lookup(USER, of.user) });
  return row?.absent === true;
}

/** Those of `users` who may be invited into the portal by us. */
export async function notAbsent(
  reading: Reading,
  sealer: Sealer,
  of: { readonly portal: PortalId; readonly users: readonly UserId[] },
): Promise<readonly UserId[]> {
  const wanted: UserId[] = [];
  for (const user of of.users) {
    if (!(await isAbsent(reading, sealer, { portal: of.portal, user }))) wanted.push(user);
  }
  return wanted;
}

interface Moving {
  readonly event: EntryOf<'matrix.event'>['body'];
  readonly portal: PortalId;
  readonly room: RoomId;
  readonly membership: unknown;
}

async function onMember(moving: Moving, writing: Writing, part: { sealer: Sealer; domain: string }): Promise<void> {
  const { event, portal } = moving;
  const user = parseUserId(event.state_key);
  if (!user.ok) return;
  if (isGatehouse(user.value, part.domain)) return onGatehouse(moving, writing);
  if (kindOfUser(user.value, part.domain) !== 'local') return;
  const absent = await absenceAfter(moving, writing, part);
  if (absent === undefined) return;
  const lookup = part.sealer.lookup(USER, user.value);
  await writing.run(upsert, { portal, lookup, absent: absent ? 1 : 0, at: event.origin_server_ts });
}

/** Undefined where it says nothing about what a person wants. */
async function absenceAfter(
  { event, room, membership }: Moving,
  writing: Writing,
  { sealer, domain }: { sealer: Sealer; domain: string },
): Promise<boolean | undefined> {
  if (membership === 'join') return false;
  // Our own invitations follow what is known; a person's overrule it.
  if (membership === 'invite') return kindOfUser(event.sender, domain) === 'bot' ? undefined : false;
  if (membership !== 'leave' && membership !== 'ban') return undefined;
  const gatehouse = must(parseUserId(`@gatehouse:${domain}`));
  const ours = await membershipOf(writing, sealer, { room, user: gatehouse });
  return ours === 'leave' || ours === 'ban' ? undefined : true;
}

/** @gatehouse leaves no portal by itself: the room is being deleted, and who left just before did not mean to. */
async function onGatehouse({ event, portal, membership }: Moving, writing: Writing): Promise<void> {
  if (membership !== 'leave' || event.sender !== event.state_key) return;
  await writing.run(forgetSince, { portal, at: event.origin_server_ts - EMPTYING_MS });
}

function isGatehouse(user: string, domain: string): boolean {
  return user === `@gatehouse:${domain}`;
}

async function apply(entry: Entry, writing: Writing, part: { sealer: Sealer; domain: string }): Promise<void> {
  if (entry.kind !== 'matrix.event' || entry.body.type !== 'm.room.member' || entry.portal === undefined) return;
  const { body: event, portal } = entry;
  const place = await placeOfPortal(writing, portal);
  // In a room that the portal moved out of, or lost, people come and go without meaning the portal.
  if (place?.room !== event.room_id) return;
  await onMember({ event, portal, room: event.room_id, membership: event.content['membership'] }, writing, part);
}

export function absenceProjection(domain: string): Projection {
  return {
    name: 'absences',
    tables: ['portal_absence'],
    schema: (dialect) => {
      const t = types(dialect);
      return [
        `create table if not exists portal_absence (portal ${t.text} not null, lookup ${t.text} not null, absent ${t.int} not null, at ${t.int} not null, primary key (portal, lookup))${t.strict}`,
      ];
    },
    apply: (entry, writing, sealer) => apply(entry, writing, { sealer, domain }),
    forget: forgetUnnamed('portal', ['portal_absence', 'portal']),
    carried: [{ table: 'portal_absence', column: 'portal', of: 'portal' }],
  };
}
