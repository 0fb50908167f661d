/** Tasks of a run that have yet to make what it erased unreadable. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { ERASE } from '../erase/projections.ts';

const countRow = z.object({ n: z.number() });

const countOpen = statement<{ run: number }, z.infer<typeof countRow>>(
  (db, p) =>
    db
      .selectFrom('retention_batch')
      .innerJoin('task', 'task.position', 'retention_batch.position')
      .select(sql<number>`count(*)`.as('n'))
      .where('retention_batch.run', '=', p('run'))
      .where('task.kind', '=', sql.lit(ERASE))
      .where('task.state', '<>', sql.lit('done')),
  (row) => countRow.parse(row),
);

/** A task that failed for good counts too: nothing is certified before a person tried it again. */
export async function erasuresOpen(reading: Reading, run: Position): Promise<number> {
  return (await reading.get(countOpen, { run }))?.n ?? 0;
}
