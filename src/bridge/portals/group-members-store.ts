/** Which messages of a group said who is in it, and whether they said the same: the lists as keyed hashes, no names. */
import { z } from 'zod';
import type { PortalId, Position } from '../../core/ids.ts';
import type { Group } from '../../core/network-entries.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

const MEMBERS = 'group_members.members';

const listRow = z.object({ position: column.position, members: z.string() });

const insert = statement<{ position: number; portal: string; members: string }>((db, p) =>
  db.insertInto('group_members').values({ position: p('position'), portal: p('portal'), members: p('members') }),
);
const newestTwo = statement<{ portal: string; position: number }, z.infer<typeof listRow>>(
  (db, p) =>
    db
      .selectFrom('group_members')
      .select(['position', 'members'])
      .where('portal', '=', p('portal'))
      .where('position', '<=', p('position'))
      .orderBy('position', 'desc')
      .limit(2),
  (row) => listRow.parse(row),
);

export type MembersSaid =
  /** The message at hand doesn't say it, or says what the one before it said. */
  | 'nothing-new'
  /** It is the first of its chat that says it. */
  | 'first'
  /** Others than in the message at this position, which is the newest before it that said it. */
  | { readonly others: Position };

/** What the message at `position` says of who is in the group, against what was said before it. */
export async function membersSaid(
  reading: Reading,
  at: { readonly portal: PortalId; readonly position: Position },
): Promise<MembersSaid> {
  const [now, before] = await reading.all(newestTwo, at);
  if (now?.position !== at.position) return 'nothing-new';
  if (before === undefined) return 'first';
  return before.members === now.members ? 'nothing-new' : { others: before.position };
}

/** In whatever order the network tells them. */
function listOf(members: NonNullable<Group['members']>): string {
  return [...new Set(members.map(({ address }) => address))].sort().join('\n');
}

export const groupMembersProjection: Projection = {
  name: 'group-members',
  tables: ['group_members'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists group_members (position ${t.int} primary key, portal ${t.text} not null, members ${t.text} not null)${t.strict}`,
      'create index if not exists group_members_by_portal on group_members (portal, position)',
    ];
  },
  apply: async (entry, writing, sealer) => {
    if (entry.kind !== 'network.message' || entry.portal === undefined) return;
    const members = entry.body.group?.members ?? [];
    if (members.length === 0) return;
    const { position, portal } = entry;
    await writing.run(insert, { position, portal, members: sealer.lookup(MEMBERS, listOf(members)) });
  },
  forget: forgetRecord(['group_members', 'position']),
};
