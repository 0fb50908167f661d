/** How often the network was asked for a change of staff's (an edit, a deletion, a reaction), and whether it answered. */
import { z } from 'zod';
import type { Position } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export interface ChangeAttempts {
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
const upsert = statement<{ of: number; attempts: number }>((db, p) =>
  db
    .insertInto('change_attempt')
    .values({ of: p('of'), attempts: p('attempts'), open: 1 })
    .onConflict((oc) => oc.column('of').doUpdateSet({ attempts: p('attempts'), open: 1 })),
);
const close = statement<{ of: number }>((db, p) =>
  db.updateTable('change_attempt').set({ open: 0 }).where('of', '=', p('of')),
);

/** Of the change that the entry at `of` asks for. */
export async function changeAttempts(reading: Reading, of: Position): Promise<ChangeAttempts> {
  return (await reading.get(byChange, { of })) ?? NONE;
}

export async function noteChangeAttempt(writing: Writing, attempt: { of: Position; attempts: number }): Promise<void> {
  await writing.run(upsert, attempt);
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
