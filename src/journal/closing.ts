/** Whether a portal's closing for good counts: decided in its own commit, and the same in every rebuild. */
import { z } from 'zod';
import type { EntryOf } from '../core/entry.ts';
import type { Position } from '../core/ids.ts';
import type { Reading } from '../storage/database.ts';
import { statement } from '../storage/statement.ts';
import * as id from './entries/ids.ts';

const namedSince = statement<{ contact: string; after: number; before: number }, { position: Position }>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select('position')
      .where('position', '>', p('after'))
      .where('position', '<', p('before'))
      .where('contact', '=', p('contact'))
      .limit(1),
  (row) => z.object({ position: id.position }).parse(row),
);

/**
 * False where something of the contact was recorded since whoever closes it looked: then all of it stays as it was. An
 * erased entry counts like any other: its row tells the contact for good.
 */
export async function closesForGood(
  { position, body }: Pick<EntryOf<'portal.closed'>, 'position' | 'body'>,
  reading: Reading,
): Promise<boolean> {
  if (body.over === undefined) return false;
  const { contact, asOf } = body.over;
  return (await reading.get(namedSince, { contact, after: asOf, before: position })) === undefined;
}

/** Whether this entry closes anything: a portal that lost its room, or one of which nothing is left. */
export async function closes(
  entry: Pick<EntryOf<'portal.closed'>, 'position' | 'body'>,
  reading: Reading,
): Promise<boolean> {
  return entry.body.over === undefined || closesForGood(entry, reading);
}
