/** The table of entries. Indexed columns are in clear and hold no address, name or text; the rest is sealed. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Direction } from '../core/entry.ts';
import { statement } from '../storage/statement.ts';
import type { Dialect } from '../storage/dialect.ts';
import { types } from '../storage/types.ts';
import { entryKind } from './entries/envelope.ts';
import * as id from './entries/ids.ts';

/** One row, in the order of the columns. */
export type EntryRow = z.infer<typeof entryRow>;

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const direction = z.enum(['inbound', 'outbound', 'internal', 'external']) satisfies z.ZodType<Direction>;
const entryRow = z.object({
  position: id.position,
  kind: entryKind,
  v: z.number(),
  at: id.millis,
  recorded_at: id.millis,
  class: id.classId,
  direction: direction.nullable(),
  room: id.roomId.nullable(),
  portal: id.portalId.nullable(),
  line: id.lineId.nullable(),
  contact: id.contactId.nullable(),
  echo_of: id.position.nullable(),
  conflict_with: id.position.nullable(),
  possible_duplicate_of: id.position.nullable(),
  sure: z.number(),
  source: bytes,
  digest: bytes,
  sealed: bytes,
  commitment: bytes,
  leaf: bytes,
});

export function entryTables(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists entry (
      position ${t.int} primary key,
      kind ${t.text} not null,
      v ${t.int} not null,
      at ${t.int} not null,
      recorded_at ${t.int} not null,
      class ${t.text} not null,
      direction ${t.text},
      room ${t.text},
      portal ${t.text},
      line ${t.text},
      contact ${t.text},
      echo_of ${t.int},
      conflict_with ${t.int},
      possible_duplicate_of ${t.int},
      sure ${t.int} not null,
      source ${t.bytes} not null,
      digest ${t.bytes} not null,
      sealed ${t.bytes} not null,
      commitment ${t.bytes} not null,
      leaf ${t.bytes} not null
    )${t.strict}`,
    `create unique index if not exists entry_identity on entry (source, digest) where sure = 1`,
    `create index if not exists entry_likeness on entry (source, position) where sure = 0`,
  ];
}

export const insertEntry = statement<EntryRow>((db, p) =>
  db.insertInto('entry').values({
    position: p('position'),
    kind: p('kind'),
    v: p('v'),
    at: p('at'),
    recorded_at: p('recorded_at'),
    class: p('class'),
    direction: p('direction'),
    room: p('room'),
    portal: p('portal'),
    line: p('line'),
    contact: p('contact'),
    echo_of: p('echo_of'),
    conflict_with: p('conflict_with'),
    possible_duplicate_of: p('possible_duplicate_of'),
    sure: p('sure'),
    source: p('source'),
    digest: p('digest'),
    sealed: p('sealed'),
    commitment: p('commitment'),
    leaf: p('leaf'),
  }),
);

export const entryAt = statement<{ position: number }, EntryRow>(
  (db, p) => db.selectFrom('entry').selectAll().where('position', '=', p('position')),
  (row) => entryRow.parse(row),
);

/** `from` and `to` are both included. */
export const entriesBetween = statement<{ from: number; to: number }, EntryRow>(
  (db, p) =>
    db
      .selectFrom('entry')
      .selectAll()
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to'))
      .orderBy('position'),
  (row) => entryRow.parse(row),
);

const timesRow = z.object({ position: id.position, at: id.millis, recorded_at: id.millis });
export type EntryTimes = z.infer<typeof timesRow>;

/** `from` and `to` are both included. */
export const timesBetween = statement<{ from: number; to: number }, EntryTimes>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select(['position', 'at', 'recorded_at'])
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to'))
      .orderBy('position'),
  (row) => timesRow.parse(row),
);

const identityRow = z.object({ position: id.position, kind: entryKind, digest: bytes });
export type IdentityRow = z.infer<typeof identityRow>;

// A partial index serves only a query that says `sure = 1` itself, not one that binds it.

/** The contents known under one sure source id, in no order. */
export const sureBySource = statement<{ source: Uint8Array; limit: number }, IdentityRow>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select(['position', 'kind', 'digest'])
      .where('source', '=', p('source'))
      .where('sure', '=', sql.lit(1))
      .limit(sql<number>`${p('limit')}`),
  (row) => identityRow.parse(row),
);

const positionRow = z.object({ position: id.position });

/** The first entry with exactly this content under a sure source id. */
export const sameBySource = statement<{ source: Uint8Array; digest: Uint8Array }, z.infer<typeof positionRow>>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select('position')
      .where('source', '=', p('source'))
      .where('digest', '=', p('digest'))
      .where('sure', '=', sql.lit(1)),
  (row) => positionRow.parse(row),
);

/** The newest entry with this likeness. */
export const latestAlike = statement<{ source: Uint8Array }, z.infer<typeof positionRow>>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select('position')
      .where('source', '=', p('source'))
      .where('sure', '=', sql.lit(0))
      .orderBy('position', 'desc')
      .limit(1),
  (row) => positionRow.parse(row),
);

/** All entries of one source, sure or not, oldest first. Said twice, so that each half has its partial index. */
export const bySource = statement<{ source: Uint8Array; limit: number }, z.infer<typeof positionRow>>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select('position')
      .where((where) =>
        where.or([
          where.and([where('source', '=', p('source')), where('sure', '=', sql.lit(1))]),
          where.and([where('source', '=', p('source')), where('sure', '=', sql.lit(0))]),
        ]),
      )
      .orderBy('position')
      .limit(sql<number>`${p('limit')}`),
  (row) => positionRow.parse(row),
);

const receivedRow = z.object({
  position: id.position,
  kind: z.enum(['matrix.event', 'matrix.malformed', 'network.message']),
  at: id.millis,
  recorded_at: id.millis,
  room: id.roomId.nullable(),
  line: id.lineId.nullable(),
  source: bytes,
});
export type ReceivedRow = z.infer<typeof receivedRow>;

/** What came from outside between two positions, both included; the same thing with other content is there once. */
export const receivedBetween = statement<{ from: number; to: number }, ReceivedRow>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select(['position', 'kind', 'at', 'recorded_at', 'room', 'line', 'source'])
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to'))
      .where('kind', 'in', ['matrix.event', 'matrix.malformed', 'network.message'])
      .where('conflict_with', 'is', null)
      .orderBy('position'),
  (row) => receivedRow.parse(row),
);

const seenRow = z.object({ at: id.millis, source: bytes });

/** Events of one room between two positions, and from `since` to before `until` by the homeserver's clock. */
export const roomEventsBetween = statement<
  { from: number; to: number; room: string; since: number; until: number },
  z.infer<typeof seenRow>
>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select(['at', 'source'])
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to'))
      .where('room', '=', p('room'))
      .where('at', '>=', p('since'))
      .where('at', '<', p('until'))
      .where('kind', 'in', ['matrix.event', 'matrix.malformed'])
      .where('conflict_with', 'is', null),
  (row) => seenRow.parse(row),
);

const roomRow = z.object({ room: id.roomId });

/** The rooms of the newest entries that belong to a portal, the newest first and as often as they come. */
export const recentPortalRooms = statement<{ limit: number }, z.infer<typeof roomRow>>(
  (db, p) =>
    db
      .selectFrom(
        db
          .selectFrom('entry')
          .select(['position', 'room', 'portal'])
          .orderBy('position', 'desc')
          .limit(sql<number>`${p('limit')}`)
          .as('newest'),
      )
      .select('room')
      .where('portal', 'is not', null)
      .where('room', 'is not', null)
      .orderBy('position', 'desc'),
  (row) => roomRow.parse(row),
);

const leafRow = z.object({ position: id.position, leaf: bytes });

export const leavesBetween = statement<{ from: number; to: number }, z.infer<typeof leafRow>>(
  (db, p) =>
    db
      .selectFrom('entry')
      .select(['position', 'leaf'])
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to'))
      .orderBy('position'),
  (row) => leafRow.parse(row),
);
