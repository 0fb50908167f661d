/** Which files of a message were not there when it was shown: they follow it. Ids only. */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const LACKING = 'files-lacking';

const insertLacking = statement<{ position: number; of_position: number; part: number }>((db, p) =>
  db
    .insertInto('file_lacking')
    .values({ position: p('position'), of_position: p('of_position'), part: p('part') })
    .onConflict((conflict) => conflict.columns(['of_position', 'part']).doNothing()),
);
const selectLacking = statement<{ of: number; part: number }, number>(
  (db, p) =>
    db.selectFrom('file_lacking').select('part').where('of_position', '=', p('of')).where('part', '=', p('part')),
  (row) => z.object({ part: z.number() }).parse(row).part,
);

/** Whether this part of the message at `of` was said to follow. */
export async function isLacking(reading: Reading, of: Position, part: number): Promise<boolean> {
  return (await reading.get(selectLacking, { of, part })) !== undefined;
}

export const lackingProjection: Projection = {
  name: LACKING,
  tables: ['file_lacking'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists file_lacking (position ${t.int} not null, of_position ${t.int} not null, part ${t.int} not null, primary key (of_position, part))${t.strict}`,
      'create index if not exists file_lacking_by_record on file_lacking (position)',
    ];
  },
  apply: async (entry: Entry, writing) => {
    if (entry.kind !== 'delivery.outcome') return;
    const { position, body } = entry;
    for (const part of body.lacking ?? []) await writing.run(insertLacking, { position, of_position: body.of, part });
  },
  forget: forgetRecord(['file_lacking', 'position']),
};
