/** Which outcome says what the network calls a message of ours: the newest that names ids. */
import { z } from 'zod';
import { must, parsePosition, type Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

const byMessage = statement<{ of: number }, Position>(
  (db, p) => db.selectFrom('sent_outcome').select('position').where('of', '=', p('of')),
  (row) => must(parsePosition(z.object({ position: z.number() }).parse(row).position)),
);
const upsert = statement<{ of: number; position: number }>((db, p) =>
  db
    .insertInto('sent_outcome')
    .values({ of: p('of'), position: p('position') })
    .onConflict((oc) => oc.column('of').doUpdateSet({ position: p('position') })),
);

export function sentOutcomeOf(reading: Reading, of: Position): Promise<Position | undefined> {
  return reading.get(byMessage, { of });
}

export async function noteSentOutcome(writing: Writing, sent: { of: Position; position: Position }): Promise<void> {
  await writing.run(upsert, sent);
}

export function sentOutcomeSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [`create table if not exists sent_outcome ("of" ${t.int} primary key, position ${t.int} not null)${t.strict}`];
}
