/** Ghosts that were made, with the name each was last given. A ghost's user id holds an address, so it is sealed. */
import { z } from 'zod';
import type { UserId } from '../../core/ids.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

const USER = 'ghost.ghost_user';
const NAME = 'ghost.name';

const nameRow = z.object({ name: column.bytes });
const byUser = statement<{ lookup: string }, z.infer<typeof nameRow>>(
  (db, p) => db.selectFrom('ghost').select('name').where('lookup', '=', p('lookup')),
  (row) => nameRow.parse(row),
);
const upsert = statement<{ lookup: string; user: Uint8Array; network: string; name: Uint8Array; made: number }>(
  (db, p) =>
    db
      .insertInto('ghost')
      .values({ lookup: p('lookup'), ghost_user: p('user'), network: p('network'), name: p('name'), made: p('made') })
      .onConflict((oc) => oc.column('lookup').doUpdateSet({ name: p('name') })),
);
const drop = statement<{ lookup: string }>((db, p) => db.deleteFrom('ghost').where('lookup', '=', p('lookup')));

/** The name a ghost was last given; undefined when it was never made. */
export async function ghostNamed(reading: Reading, sealer: Sealer, user: UserId): Promise<string | undefined> {
  const row = await reading.get(byUser, { lookup: sealer.lookup(USER, user) });
  return row === undefined ? undefined : sealer.open(NAME, row.name);
}

export const ghostsProjection: Projection = {
  name: 'ghosts',
  tables: ['ghost'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists ghost (lookup ${t.text} primary key, ghost_user ${t.bytes} not null, network ${t.text} not null, name ${t.bytes} not null, made ${t.int} not null)${t.strict}`,
    ];
  },
  apply: async (entry, writing, sealer) => {
    if (entry.kind !== 'ghost.made') return;
    await writing.run(upsert, {
      lookup: sealer.lookup(USER, entry.body.user),
      user: sealer.seal(USER, entry.body.user),
      network: entry.body.network,
      name: sealer.seal(NAME, entry.body.name),
      made: entry.position,
    });
  },
  forget: async (entry, writing, left) => {
    if (entry.kind !== 'ghost.made' || (await left.names('actor', entry.body.user))) return;
    await writing.run(drop, { lookup: left.sealer.lookup(USER, entry.body.user) });
  },
};
