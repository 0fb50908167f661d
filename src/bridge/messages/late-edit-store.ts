/** The newest edit of each message that came after it went out: what its author wants it to say by now. */
import { z } from 'zod';
import { must, parsePosition, type Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

const byMessage = statement<{ of: number }, Position>(
  (db, p) => db.selectFrom('late_edit').select('position').where('of', '=', p('of')),
  (row) => must(parsePosition(z.object({ position: z.number() }).parse(row).position)),
);
const upsert = statement<{ of: number; position: number }>((db, p) =>
  db
    .insertInto('late_edit')
    .values({ of: p('of'), position: p('position') })
    .onConflict((oc) => oc.column('of').doUpdateSet({ position: p('position') })),
);

export function lateEditOf(reading: Reading, of: Position): Promise<Position | undefined> {
  return reading.get(byMessage, { of });
}

export async function noteLateEdit(writing: Writing, edit: { of: Position; position: Position }): Promise<void> {
  await writing.run(upsert, edit);
}

export function lateEditSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [`create table if not exists late_edit ("of" ${t.int} primary key, position ${t.int} not null)${t.strict}`];
}
