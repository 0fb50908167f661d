/**
 * Epochs of the log. A restore goes on from a backup: positions that were published and lost are given again, so what
 * was signed under the old origin must not be continued. Each `log.continued` begins the next epoch; which positions it
 * took over is kept in a table of its own, written in the commit of that entry.
 */
import { z } from 'zod';
import type { EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { EpochOf } from '../../core/shown-source.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import * as id from '../entries/ids.ts';
import { lockHead, setEpoch } from '../head-store.ts';
import { epochNamed } from '../merkle/checkpoint.ts';

export function epochTables(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists journal_epoch (
      epoch ${t.int} primary key,
      began ${t.int} not null,
      restored ${t.int} not null,
      at ${t.int} not null,
      origin ${t.text} not null,
      size ${t.int} not null,
      root ${t.text} not null
    )${t.strict}`,
  ];
}

const epochRow = z.object({
  epoch: z.number(),
  began: id.position,
  restored: z.number(),
  at: id.millis,
  origin: z.string(),
  size: z.number(),
  root: z.string(),
});

/** An epoch after the first: where it began, and what is known of the one before. */
export type Epoch = Readonly<z.infer<typeof epochRow>>;

export const insertEpoch = statement<Epoch>((db, p) =>
  db.insertInto('journal_epoch').values({
    epoch: p('epoch'),
    began: p('began'),
    restored: p('restored'),
    at: p('at'),
    origin: p('origin'),
    size: p('size'),
    root: p('root'),
  }),
);

const every = statement<Record<string, never>, Epoch>(
  (db) => db.selectFrom('journal_epoch').selectAll().orderBy('epoch'),
  (row) => epochRow.parse(row),
);

/** Every epoch after the first, in order; empty for a journal that was never restored. */
export function epochsIn(reading: Reading): Promise<readonly Epoch[]> {
  return reading.all(every, {});
}

/** Called in the commit of the entry that begins it. */
export async function beginEpoch(entry: EntryOf<'log.continued'>, writing: Writing): Promise<void> {
  const head = await writing.get(lockHead, {});
  if (head === undefined) throw new Error('the journal has no head row: restore a backup');
  const { origin, size, root, restored } = entry.body;
  // A backup may be older than the beginning of an epoch that others know of.
  const epoch = Math.max(head.epoch, epochNamed(origin)) + 1;
  await writing.run(insertEpoch, { epoch, began: entry.position, at: entry.at, origin, size, root, restored });
  await writing.run(setEpoch, { epoch });
}

/**
 * The epoch of each position. What was recorded between the start of a rolled-back machine and its discovery stands
 * before the entry that begins the epoch, and belongs to it all the same: positions after `restored` are the new epoch's.
 */
export function epochOfIn(epochs: readonly Epoch[]): EpochOf {
  return (position) => epochs.findLast((one) => one.restored < position)?.epoch ?? 1;
}

/** As `epochOfIn`, for what runs inside the writer's transaction. */
export async function epochAt(position: Position, reading: Reading): Promise<number> {
  return epochOfIn(await epochsIn(reading))(position);
}
