/** What a run erased, counted by the record itself: the same however often it is counted. */
import { z } from 'zod';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { parseMillis, type ClassId, type Millis, type Position } from '../../core/ids.ts';
import type { ClassCount } from '../../core/retention-entries.ts';
import type { Views } from '../../journal/journal.ts';
import { statement } from '../../storage/statement.ts';
import { batchesOf } from '../run/run-store.ts';

const millis = z.custom<Millis>((value) => parseMillis(value).ok);
const countRow = z.object({ files: z.number(), first: millis.nullable(), last: millis.nullable() });

const countBetween = statement<{ from: number; to: number }, z.infer<typeof countRow>>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select((of) => [
        of.fn.sum<number>(of.case().when('kind', '=', 'file.stored').then(1).else(0).end()).as('files'),
        of.fn.min('recorded_at').as('first'),
        of.fn.max('recorded_at').as('last'),
      ])
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to')),
  (row) => countRow.parse(row),
);

export type Batch = EntryOf<'retention.erased'>;

interface Deps {
  readonly views: Views;
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
}

/** Its `retention.erased`, oldest first; those that erased nothing, for all of it had to stay, are left out. */
export async function batchesIn(run: Position, { views, read }: Deps): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for (const position of await views.read((reading) => batchesOf(reading, run))) {
    const entry = await read(position);
    if (entry === undefined || 'erased' in entry || entry.kind !== 'retention.erased') continue;
    if (entry.body.entries > 0) batches.push(entry);
  }
  return batches;
}

/** By class, in the order of their names. */
export async function countsOf(batches: readonly Batch[], views: Pick<Views, 'read'>): Promise<readonly ClassCount[]> {
  const counts = new Map<ClassId, ClassCount>();
  for (const { body } of batches) {
    for (const [from, to] of body.spans) {
      const row = await views.read((reading) => reading.get(countBetween, { from, to }));
      if (row === undefined || row.first === null || row.last === null) continue;
      const more = { class: body.class, entries: to - from + 1, files: row.files, from: row.first, to: row.last };
      counts.set(body.class, together(counts.get(body.class), more));
    }
  }
  return [...counts.values()].toSorted((a, b) => (a.class < b.class ? -1 : 1));
}

export function together(one: ClassCount | undefined, more: ClassCount): ClassCount {
  if (one === undefined) return more;
  return {
    class: one.class,
    entries: one.entries + more.entries,
    files: one.files + more.files,
    from: one.from < more.from ? one.from : more.from,
    to: one.to > more.to ? one.to : more.to,
  };
}
