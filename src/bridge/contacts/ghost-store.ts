/** Ghosts that were made, with the name each was last given. A ghost's user id holds an address, so it is sealed. */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import type { Position, UserId } from '../../core/ids.ts';
import type { Left, Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
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
      .onConflict((oc) => oc.column('lookup').doUpdateSet({ name: p('name'), made: p('made') })),
);
const drop = statement<{ lookup: string }>((db, p) => db.deleteFrom('ghost').where('lookup', '=', p('lookup')));
const madeBy = statement<{ lookup: string }, { made: Position }>(
  (db, p) => db.selectFrom('ghost').select('made').where('lookup', '=', p('lookup')),
  (row) => z.object({ made: column.position }).parse(row),
);

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
    if (entry.kind === 'ghost.made') await put(entry, writing, sealer);
  },
  forget: async (entry, writing, left) => {
    if (entry.kind === 'ghost.made') await forget(entry, writing, left);
  },
};

async function put({ position, body }: EntryOf<'ghost.made'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { user, network, name } = body;
  await writing.run(upsert, {
    lookup: sealer.lookup(USER, user),
    user: sealer.seal(USER, user),
    network,
    name: sealer.seal(NAME, name),
    made: position,
  });
}

/** With the newest record of it the ghost goes, unless an older one has to stay: then it is as that says. */
async function forget(entry: EntryOf<'ghost.made'>, writing: Writing, left: Left): Promise<void> {
  const { contact, position, body } = entry;
  const lookup = left.sealer.lookup(USER, body.user);
  if ((await writing.get(madeBy, { lookup }))?.made !== position) return;
  await writing.run(drop, { lookup });
  const others = contact === undefined ? [] : await left.newestOf(contact);
  const older = others.find((other) => other.kind === 'ghost.made' && other.body.user === body.user);
  if (older?.kind === 'ghost.made') await put(older, writing, left.sealer);
}
