/** How often the network was asked for a change of staff's (an edit, a deletion, a reaction), and whether it answered. */
import { z } from 'zod';
import type { Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

interface ChangeAttempts {
  /** The number of the newest one. */
  readonly attempts: number;
  /** It has no outcome on record. */
  readonly open: boolean;
}

const NONE: ChangeAttempts = { attempts: 0, open: false };

const byChange = statement<{ of: number }, ChangeAttempts>(
  (db, p) => db.selectFrom('change_attempt').select(['attempts', 'open']).where('of', '=', p('of')),
  (row) => {
    const { attempts, open } = z.object({ attempts: z.number(), open: z.number() }).parse(row);
    return { attempts, open: open !== 0 };
  },
);
const insert = statement<{ of: number }>((db, p) =>
  db
    .insertInto('change_attempt')
    .values({ of: p('of'), attempts: 0, open: 0 })
    .onConflict((oc) => oc.column('of').doNothing()),
);
const attempt = statement<{ of: number; attempts: number }>((db, p) =>
  db
    .updateTable('change_attempt')
    .set({ attempts: p('attempts'), open: 1 })
    .where('of', '=', p('of')),
);
const close = statement<{ of: number }>((db, p) =>
  db.updateTable('change_attempt').set({ open: 0 }).where('of', '=', p('of')),
);

/** Of the change that the entry at `of` asks for. */
export async function changeAttempts(reading: Reading, of: Position): Promise<ChangeAttempts> {
  return (await reading.get(byChange, { of })) ?? NONE;
}

/** The entry at `of` asks for a change: an attempt at anything else that has no message is of one that was erased. */
export async function noteWantedChange(writing: Writing, of: Position): Promise<void> {
  await writing.run(insert, { of });
}

export async function noteChangeAttempt(writing: Writing, made: { of: Position; attempts: number }): Promise<void> {
  await writing.run(attempt, made);
}

export async function noteChangeAnswered(writing: Writing, of: Position): Promise<void> {
  await writing.run(close, { of });
}

export function changeAttemptSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists change_attempt ("of" ${t.int} primary key, attempts ${t.int} not null, open ${t.int} not null)${t.strict}`,
  ];
}
