/**
 * Projection `retention-holds`: which holds there are, where each stands, and who was told of it. What a hold covers and
 * the case it belongs to are sealed: they name persons.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import {
  parseHoldId,
  parseMillis,
  parsePosition,
  parseUserId,
  type BadId,
  type HoldId,
  type Millis,
  type Position,
  type UserId,
} from '../../core/ids.ts';
import type { Result } from '../../core/result.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Meant } from '../../journal/search/cases.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { onRequest, REQUEST_TABLE, requestSchema } from './request-store.ts';
import { readMeant } from './stored-query.ts';

export const HOLDS = 'retention-holds';
/** Each is asked of every record that is to go: nobody places more at a time. */
export const MOST_STANDING = 200;
/** Shown of those that were released. */
const MOST_RELEASED = 500;

const MEANT = 'retention_hold.meant';
const QUERY = 'retention_hold.query';
const CASE = 'retention_hold.case_name';

/** `release-asked`: it stands until a second officer agrees. */
const states = ['standing', 'release-asked', 'released'] as const;
export type HoldState = (typeof states)[number];

export interface Hold {
  /** The entry that placed it. */
  readonly placed: Position;
  readonly hold: HoldId;
  readonly case: string | undefined;
  /** As it was typed. */
  readonly query: string;
  readonly by: UserId;
  readonly at: Millis;
  readonly state: HoldState;
  /** The entry that put it where it stands. */
  readonly changed: Position;
}

export interface StandingHold {
  readonly hold: HoldId;
  readonly meant: Meant;
}

export interface Custodian {
  readonly user: UserId;
  /** When they said that they had read it. */
  readonly acknowledgedAt: Millis | undefined;
}

function id<T>(parse: (value: unknown) => Result<T, BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}
const bytes = z.instanceof(Uint8Array);
const holdRow = z.object({
  position: id(parsePosition),
  hold: id(parseHoldId),
  query: bytes,
  case_name: bytes.nullable(),
  by_user: id(parseUserId),
  at: id(parseMillis),
  state: z.enum(states),
  changed: id(parsePosition),
});
type HoldRow = z.infer<typeof holdRow>;
const meantRow = z.object({ hold: id(parseHoldId), meant: bytes });
const custodianRow = z.object({ user_id: id(parseUserId), acknowledged: id(parseMillis).nullable() });

const COLUMNS = ['position', 'hold', 'query', 'case_name', 'by_user', 'at', 'state', 'changed'] as const;
type None = Record<string, never>;

const insertHold = statement<{
  position: number;
  hold: string;
  meant: Uint8Array;
  query: Uint8Array;
  caseName: Uint8Array | null;
  caseLookup: string | null;
  by: string;
  at: number;
}>((db, p) =>
  db.insertInto('retention_hold').values({
    position: p('position'),
    hold: p('hold'),
    meant: p('meant'),
    query: p('query'),
    case_name: p('caseName'),
    case_lookup: p('caseLookup'),
    by_user: p('by'),
    at: p('at'),
    state: 'standing',
    changed: p('position'),
  }),
);
const insertCustodian = statement<{ position: number; user: string }>((db, p) =>
  db
    .insertInto('retention_custodian')
    .values({ position: p('position'), user_id: p('user'), acknowledged: null })
    .onConflict((conflict) => conflict.columns(['position', 'user_id']).doNothing()),
);
const acknowledge = statement<{ hold: string; user: string; at: number }>((db, p) =>
  db
    .updateTable('retention_custodian')
    .set({ acknowledged: p('at') })
    .where('user_id', '=', p('user'))
    .where('acknowledged', 'is', null)
    .where('position', 'in', (of) => of.selectFrom('retention_hold').select('position').where('hold', '=', p('hold'))),
);
/** From one of two states, or the same twice; one that was released stays so. */
const setState = statement<{ placed: number; one: string; other: string; state: string; changed: number }>((db, p) =>
  db
    .updateTable('retention_hold')
    .set({ state: p('state'), changed: p('changed') })
    .where('position', '=', p('placed'))
    .where((hold) => hold.or([hold('state', '=', p('one')), hold('state', '=', p('other'))])),
);
const selectMeant = statement<None, z.infer<typeof meantRow>>(
  (db) =>
    db.selectFrom('retention_hold').select(['hold', 'meant']).where('state', '<>', 'released').orderBy('position'),
  (row) => meantRow.parse(row),
);
const selectCase = statement<{ lookup: string }, z.infer<typeof meantRow>>(
  (db, p) =>
    db
      .selectFrom('retention_hold')
      .select(['hold', 'meant'])
      .where('case_lookup', '=', p('lookup'))
      .orderBy('position')
      .limit(sql.lit(MOST_STANDING)),
  (row) => meantRow.parse(row),
);
const selectStanding = statement<None, HoldRow>(
  (db) => db.selectFrom('retention_hold').select(COLUMNS).where('state', '<>', 'released').orderBy('position'),
  (row) => holdRow.parse(row),
);
const selectReleased = statement<None, HoldRow>(
  (db) =>
    db
      .selectFrom('retention_hold')
      .select(COLUMNS)
      .where('state', '=', 'released')
      .orderBy('position', 'desc')
      .limit(sql.lit(MOST_RELEASED)),
  (row) => holdRow.parse(row),
);
const selectNamed = statement<{ hold: string }, HoldRow>(
  (db, p) => db.selectFrom('retention_hold').select(COLUMNS).where('hold', '=', p('hold')).orderBy('position'),
  (row) => holdRow.parse(row),
);
const selectPlaced = statement<{ placed: number }, HoldRow>(
  (db, p) => db.selectFrom('retention_hold').select(COLUMNS).where('position', '=', p('placed')),
  (row) => holdRow.parse(row),
);
const selectCustodians = statement<{ placed: number }, z.infer<typeof custodianRow>>(
  (db, p) =>
    db
      .selectFrom('retention_custodian')
      .select(['user_id', 'acknowledged'])
      .where('position', '=', p('placed'))
      .orderBy('user_id'),
  (row) => custodianRow.parse(row),
);

function holdOf(row: HoldRow, sealer: Sealer): Hold {
  return {
    placed: row.position,
    hold: row.hold,
    case: row.case_name === null ? undefined : sealer.open(CASE, row.case_name),
    query: sealer.open(QUERY, row.query),
    by: row.by_user,
    at: row.at,
    state: row.state,
    changed: row.changed,
  };
}

/** What every hold that stands covers; one whose release is asked for stands. */
export async function standingHolds(reading: Reading, sealer: Sealer): Promise<readonly StandingHold[]> {
  const rows = await reading.all(selectMeant, {});
  return rows.map(({ hold, meant }) => ({ hold, meant: readMeant(sealer.open(MEANT, meant)) }));
}

/** What each hold of this case covers, released ones too; however it is written in capitals. */
export async function coveredByCase(reading: Reading, sealer: Sealer, name: string): Promise<readonly Meant[]> {
  const rows = await reading.all(selectCase, { lookup: sealer.lookup(CASE, name.toLowerCase()) });
  return rows.map(({ meant }) => readMeant(sealer.open(MEANT, meant)));
}

/** Those that stand, oldest first, then those released, newest first, of which only so many are told. */
export async function allHolds(reading: Reading, sealer: Sealer): Promise<readonly Hold[]> {
  const standing = await reading.all(selectStanding, {});
  const released = await reading.all(selectReleased, {});
  return [...standing, ...released].map((row) => holdOf(row, sealer));
}

/** Those that ever had this name, oldest first: names are not given twice, unless two desks gave one at once. */
export async function holdsNamed(reading: Reading, sealer: Sealer, hold: HoldId): Promise<readonly Hold[]> {
  return (await reading.all(selectNamed, { hold })).map((row) => holdOf(row, sealer));
}

export async function holdPlacedAt(reading: Reading, sealer: Sealer, placed: Position): Promise<Hold | undefined> {
  const row = await reading.get(selectPlaced, { placed });
  return row === undefined ? undefined : holdOf(row, sealer);
}

export async function custodiansOf(reading: Reading, placed: Position): Promise<readonly Custodian[]> {
  const rows = await reading.all(selectCustodians, { placed });
  return rows.map((row) => ({ user: row.user_id, acknowledgedAt: row.acknowledged ?? undefined }));
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  switch (entry.kind) {
    case 'hold.placed': {
      const { hold, selector, by, custodians, case: caseName } = entry.body;
      await writing.run(insertHold, {
        ...{ position: entry.position, hold, by, at: entry.recordedAt },
        meant: sealer.seal(MEANT, selector.meant),
        query: sealer.seal(QUERY, selector.query),
        caseName: caseName === undefined ? null : sealer.seal(CASE, caseName),
        caseLookup: caseName === undefined ? null : sealer.lookup(CASE, caseName.toLowerCase()),
      });
      for (const user of custodians) await writing.run(insertCustodian, { position: entry.position, user });
      return;
    }
    case 'hold.acknowledged': {
      const { hold, by } = entry.body;
      await writing.run(acknowledge, { hold, user: by, at: entry.recordedAt });
      return;
    }
    case 'hold.release-requested':
    case 'hold.released': {
      const [one, other, state] = moveOf(entry);
      const { placed } = entry.body;
      const moved = await writing.run(setState, { placed, one, other, state, changed: entry.position });
      return onRequest(entry, moved > 0, writing);
    }
    default:
  }
}

/** From which states an entry moves a hold, and where to. Of two who say something in one moment the first is heard. */
function moveOf(
  entry: EntryOf<'hold.release-requested'> | EntryOf<'hold.released'>,
): readonly [HoldState, HoldState, HoldState] {
  if (entry.kind === 'hold.release-requested') {
    return entry.body.refused === true
      ? ['release-asked', 'release-asked', 'standing']
      : ['standing', 'standing', 'release-asked'];
  }
  return ['release-asked', entry.body.approvedBy === undefined ? 'standing' : 'release-asked', 'released'];
}

export const holdsProjection: Projection = {
  name: HOLDS,
  tables: ['retention_hold', 'retention_custodian', REQUEST_TABLE],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_hold (position ${t.int} primary key, hold ${t.text} not null, meant ${t.bytes} not null, query ${t.bytes} not null, case_name ${t.bytes}, case_lookup ${t.text}, by_user ${t.text} not null, at ${t.int} not null, state ${t.text} not null, changed ${t.int} not null)${t.strict}`,
      'create index if not exists retention_hold_name on retention_hold (hold, position)',
      'create index if not exists retention_hold_case on retention_hold (case_lookup)',
      `create table if not exists retention_custodian (position ${t.int} not null, user_id ${t.text} not null, acknowledged ${t.int}, primary key (position, user_id))${t.strict}`,
      ...requestSchema(dialect),
    ];
  },
  apply,
};
