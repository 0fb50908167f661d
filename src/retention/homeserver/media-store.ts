/**
 * Projection `retention-media`: which files of the homeserver are named by which records, as hashes. The same file may be
 * forwarded: it goes there with the last record that names it.
 */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import { parseMediaUri, parsePosition, type MediaUri, type Position } from '../../core/ids.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

const URI = 'retention_media.uri';

const positionRow = z.object({ position: z.custom<Position>((value) => parsePosition(value).ok) });

const insertMedia = statement<{ uri: string; position: number }>((db, p) =>
  db
    .insertInto('retention_media')
    .values({ uri: p('uri'), position: p('position') })
    .onConflict((conflict) => conflict.column('position').doNothing()),
);
const selectMedia = statement<{ uri: string }, z.infer<typeof positionRow>>(
  (db, p) => db.selectFrom('retention_media').select('position').where('uri', '=', p('uri')).limit(1),
  (row) => positionRow.parse(row),
);

/** The file that this record is about; of what shows a network's file in its room, the copy that was made for it. */
export function mediaOf(entry: Entry): MediaUri | undefined {
  if (entry.kind === 'file.stored' || entry.kind === 'file.missing') return entry.body.uri;
  if (entry.kind !== 'matrix.event' || entry.source.echoOf === undefined) return undefined;
  const shown = parseMediaUri(entry.body.content['url']);
  return shown.ok ? shown.value : undefined;
}

/** Whether a record that is not erased names it. */
export async function isMediaNamed(uri: MediaUri, reading: Reading, sealer: Sealer): Promise<boolean> {
  return (await reading.get(selectMedia, { uri: sealer.lookup(URI, uri) })) !== undefined;
}

export const mediaProjection: Projection = {
  name: 'retention-media',
  tables: ['retention_media'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_media (position ${t.int} primary key, uri ${t.text} not null)${t.strict}`,
      'create index if not exists retention_media_by_uri on retention_media (uri)',
    ];
  },
  apply: async (entry, writing, sealer) => {
    const uri = mediaOf(entry);
    if (uri !== undefined) await writing.run(insertMedia, { uri: sealer.lookup(URI, uri), position: entry.position });
  },
  forget: forgetRecord(['retention_media', 'position']),
};
