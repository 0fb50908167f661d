/**
 * Projection `retention-links`: which records are of one family with which, looked up from the one that is spoken of.
 * An edit may come before what it edits: an event is kept by its id until somebody asks.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { parsePosition, type EventId, type Position } from '../../core/ids.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { sql } from 'kysely';
import { linksOf } from './links.ts';

/** Rows in one read. */
const PAGE = 500;

/** The message that a receipt belongs to; undefined while nobody knows. */
export type ReceiptOf = (
  entry: EntryOf<'network.receipt'>,
  reading: Reading,
  sealer: Sealer,
) => Promise<Position | undefined>;

const positionRow = z.object({ position: z.custom<Position>((value) => parsePosition(value).ok) });

const insertLink = statement<{ position: number; of: number | null; event: string | null }>((db, p) =>
  db.insertInto('retention_link').values({ position: p('position'), of_position: p('of'), of_event: p('event') }),
);
const dropLinks = statement<{ position: number }>((db, p) =>
  db.deleteFrom('retention_link').where('position', '=', p('position')),
);
const linksToPosition = statement<{ of: number; after: number }, z.infer<typeof positionRow>>(
  (db, p) =>
    db
      .selectFrom('retention_link')
      .select('position')
      .distinct()
      .where('of_position', '=', p('of'))
      .where('position', '>', p('after'))
      .orderBy('position')
      .limit(sql.lit(PAGE)),
  (row) => positionRow.parse(row),
);
const linksToEvent = statement<{ event: string; after: number }, z.infer<typeof positionRow>>(
  (db, p) =>
    db
      .selectFrom('retention_link')
      .select('position')
      .distinct()
      .where('of_event', '=', p('event'))
      .where('position', '>', p('after'))
      .orderBy('position')
      .limit(sql.lit(PAGE)),
  (row) => positionRow.parse(row),
);

/** The records that speak of `entry`, as one family with it; in pages, oldest first. */
export async function* speakingOf(entry: Entry, reading: Reading): AsyncGenerator<readonly Position[]> {
  yield* paged((after) => reading.all(linksToPosition, { of: entry.position, after }));
  const event: EventId | undefined = entry.kind === 'matrix.event' ? entry.body.event_id : undefined;
  if (event !== undefined) yield* paged((after) => reading.all(linksToEvent, { event, after }));
}

async function* paged(
  page: (after: number) => Promise<readonly { readonly position: Position }[]>,
): AsyncGenerator<readonly Position[]> {
  for (let after = 0; ;) {
    const rows = await page(after);
    if (rows.length > 0) yield rows.map(({ position }) => position);
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.position ?? 0;
  }
}

/** Of a receipt nothing is kept: the network's id leads from it to its message, and not back. */
export const linksProjection: Projection = {
  name: 'retention-links',
  tables: ['retention_link'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_link (position ${t.int} not null, of_position ${t.int}, of_event ${t.text})${t.strict}`,
      'create index if not exists retention_link_of on retention_link (of_position, position) where of_position is not null',
      'create index if not exists retention_link_event on retention_link (of_event, position) where of_event is not null',
      'create index if not exists retention_link_by on retention_link (position)',
    ];
  },
  apply: async (entry, writing) => {
    const { position } = entry;
    const { of, events } = linksOf(entry);
    for (const one of new Set(of)) await writing.run(insertLink, { position, of: one, event: null });
    for (const event of new Set(events)) await writing.run(insertLink, { position, of: null, event });
  },
  forget: async ({ position }, writing) => {
    await writing.run(dropLinks, { position });
  },
};
