/** Which files are on record, of which event, and whose picture is which: ids and hashes only. */
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { pictureOf } from './event-files.ts';

export const FILES = 'files';

const OWNER = 'picture.owner';
const URI = 'picture.uri';
/** More than any event names, tried again by hand however often. */
const MOST_OF_ONE = 1_000;

const state = z.enum(['stored', 'too-large', 'not-found', 'refused', 'later', 'gave-up', 'scanned']);
const fileRow = z.object({ position: column.position, part: z.number(), state });
/** One `file.*` entry about an event. */
export type FileRow = z.infer<typeof fileRow>;

const insertFile = statement<{
  position: number;
  of_position: number;
  part: number;
  state: string;
  blob: string | null;
}>((db, p) =>
  db.insertInto('kept_file').values({
    position: p('position'),
    of_position: p('of_position'),
    part: p('part'),
    state: p('state'),
    blob: p('blob'),
  }),
);
const selectOf = statement<{ of: number }, FileRow>(
  (db, p) =>
    db
      .selectFrom('kept_file')
      .select(['position', 'part', 'state'])
      .where('of_position', '=', p('of'))
      .orderBy('position')
      .limit(MOST_OF_ONE),
  (row) => fileRow.parse(row),
);
/** `from` is included, `to` is not. */
const selectBlobs = statement<{ from: string; to: string }, { blob: string }>(
  (db, p) => db.selectFrom('kept_file').select('blob').where('blob', '>=', p('from')).where('blob', '<', p('to')),
  (row) => z.object({ blob: z.string() }).parse(row),
);
const selectPicture = statement<{ owner: string }, { uri: string; changed: number }>(
  (db, p) => db.selectFrom('picture').select(['uri', 'changed']).where('owner', '=', p('owner')),
  (row) => z.object({ uri: z.string(), changed: z.number() }).parse(row),
);
const upsertPicture = statement<{ owner: string; uri: string; changed: number }>((db, p) =>
  db
    .insertInto('picture')
    .values({ owner: p('owner'), uri: p('uri'), changed: p('changed') })
    .onConflict((oc) => oc.column('owner').doUpdateSet({ uri: p('uri'), changed: p('changed') })),
);

/** What is on record about the files of the entry at `of`, oldest first. */
export function filesOnRecord(reading: Reading, of: Position): Promise<readonly FileRow[]> {
  return reading.all(selectOf, { of });
}

/** The blobs on record whose names begin with these two hexadecimal digits. */
export async function blobsOnRecord(reading: Reading, prefix: string): Promise<ReadonlySet<string>> {
  // `g` follows the last hexadecimal digit.
  const rows = await reading.all(selectBlobs, { from: prefix, to: `${prefix}g` });
  return new Set(rows.map((row) => row.blob));
}

/** Whether the entry at `position` gave its owner the picture that it has now. */
export async function isNewPicture(
  reading: Reading,
  sealer: Sealer,
  given: { readonly of: string; readonly position: Position },
): Promise<boolean> {
  const picture = await reading.get(selectPicture, { owner: sealer.lookup(OWNER, given.of) });
  return picture?.changed === given.position;
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  switch (entry.kind) {
    case 'file.stored': {
      const { of: of_position, part, blob } = entry.body;
      await writing.run(insertFile, { position: entry.position, of_position, part, state: 'stored', blob });
      return;
    }
    case 'file.missing': {
      const { of: of_position, part, why } = entry.body;
      await writing.run(insertFile, { position: entry.position, of_position, part, state: why, blob: null });
      return;
    }
    case 'file.scanned': {
      const { of: of_position, part } = entry.body;
      await writing.run(insertFile, { position: entry.position, of_position, part, state: 'scanned', blob: null });
      return;
    }
    case 'matrix.event': {
      const picture = pictureOf(entry.body);
      if (picture === undefined) return;
      const [owner, uri] = [sealer.lookup(OWNER, picture.of), sealer.lookup(URI, picture.uri)];
      const known = await writing.get(selectPicture, { owner });
      if (known?.uri !== uri) await writing.run(upsertPicture, { owner, uri, changed: entry.position });
      return;
    }
    default:
  }
}

export const filesProjection: Projection = {
  name: FILES,
  tables: ['kept_file', 'picture'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists kept_file (position ${t.int} primary key, of_position ${t.int} not null, part ${t.int} not null, state ${t.text} not null, blob ${t.text})${t.strict}`,
      'create index if not exists kept_file_of on kept_file (of_position, position)',
      'create index if not exists kept_file_blob on kept_file (blob)',
      `create table if not exists picture (owner ${t.text} primary key, uri ${t.text} not null, changed ${t.int} not null)${t.strict}`,
    ];
  },
  apply,
  forget: forgetRecord(['kept_file', 'position']),
  carried: [{ table: 'picture', column: 'changed', of: 'record', key: ['owner'] }],
};
