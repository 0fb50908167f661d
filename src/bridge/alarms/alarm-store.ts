/**
 * Which alarms are open, and the newest changes of them: after a restart nothing is told twice, and what is over is
 * cleared. Ids only; the words stand in the entries.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Entry } from '../../core/entry.ts';
import { parseAlarmId, type AlarmId, type Millis, type Position } from '../../core/ids.ts';
import { alarmKinds, type AlarmKind } from '../../core/watch-entries.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

export const ALARMS = 'alarms';
/** Changes that are remembered; whoever tells them is never that far behind. */
const CHANGES_MAX = 1_000;
/** Open alarms that are read: more subjects no house has. */
const OPEN_MAX = 1_000;

const kindColumn = z.enum(alarmKinds);
const alarmColumn = z.custom<AlarmId>((value) => parseAlarmId(value).ok);
const alarmRow = z
  .object({
    alarm: alarmColumn,
    kind: kindColumn,
    open: column.flag,
    changed: column.position,
    since: column.millis,
  })
  .readonly();
const changeRow = z
  .object({ position: column.position, alarm: alarmColumn, kind: kindColumn, raised: column.flag, at: column.millis })
  .readonly();

export interface AlarmRow {
  readonly alarm: AlarmId;
  readonly kind: AlarmKind;
  readonly open: boolean;
  /** The entry that raised it, or that cleared it. */
  readonly changed: Position;
  /** When it was raised or cleared, by the clock of then. */
  readonly since: Millis;
}

export interface AlarmChange {
  readonly position: Position;
  readonly alarm: AlarmId;
  readonly kind: AlarmKind;
  readonly raised: boolean;
  /** When it came on record. */
  readonly at: Millis;
}

const allAlarms = statement<Record<string, never>, AlarmRow>(
  (db) =>
    db
      .selectFrom('alarm')
      .select(['alarm', 'kind', 'open', 'changed', 'since'])
      .orderBy('open', 'desc')
      .orderBy('changed')
      .limit(OPEN_MAX),
  (row) => alarmRow.parse(row),
);
const changesFrom = statement<{ from: number; to: number }, AlarmChange>(
  (db, p) =>
    db
      .selectFrom('alarm_change')
      .select(['position', 'alarm', 'kind', 'raised', 'at'])
      .where('position', '>=', p('from'))
      .where('at', '<=', p('to'))
      .orderBy('position')
      .limit(CHANGES_MAX),
  (row) => changeRow.parse(row),
);
const changesBefore = statement<{ before: number; from: number }, AlarmChange>(
  (db, p) =>
    db
      .selectFrom('alarm_change')
      .select(['position', 'alarm', 'kind', 'raised', 'at'])
      .where('position', '<', p('before'))
      .where('at', '>', p('from'))
      .orderBy('position')
      .limit(CHANGES_MAX),
  (row) => changeRow.parse(row),
);
const upsert = statement<{ alarm: string; kind: string; open: number; changed: number; since: number }>((db, p) =>
  db
    .insertInto('alarm')
    .values({ alarm: p('alarm'), kind: p('kind'), open: p('open'), changed: p('changed'), since: p('since') })
    .onConflict((oc) => oc.column('alarm').doUpdateSet({ open: p('open'), changed: p('changed'), since: p('since') })),
);
const addChange = statement<{ position: number; alarm: string; kind: string; raised: number; at: number }>((db, p) =>
  db
    .insertInto('alarm_change')
    .values({ position: p('position'), alarm: p('alarm'), kind: p('kind'), raised: p('raised'), at: p('at') }),
);
const forgetOld = statement<Record<string, never>>((db) =>
  db
    .deleteFrom('alarm_change')
    .where(
      'position',
      '<=',
      sql<number>`(select position from alarm_change order by position desc limit 1 offset ${sql.lit(CHANGES_MAX)})`,
    ),
);

/** Every alarm there ever was, the open ones first, oldest first. */
export function alarms(reading: Reading): Promise<readonly AlarmRow[]> {
  return reading.all(allAlarms, {});
}

/** What changed from this position on, up to this time of record. */
export function changesUntil(reading: Reading, from: Position, to: Millis): Promise<readonly AlarmChange[]> {
  return reading.all(changesFrom, { from, to });
}

/** What changed before this position and after this time of record. */
export function changesSince(reading: Reading, before: Position, from: Millis): Promise<readonly AlarmChange[]> {
  return reading.all(changesBefore, { before, from });
}

async function apply(entry: Entry, writing: Parameters<Projection['apply']>[1]): Promise<void> {
  if (entry.kind !== 'alarm.raised' && entry.kind !== 'alarm.cleared') return;
  const { position, at, recordedAt } = entry;
  const { alarm, kind } = entry.body;
  const raised = entry.kind === 'alarm.raised' ? 1 : 0;
  await writing.run(upsert, { alarm, kind, open: raised, changed: position, since: at });
  await writing.run(addChange, { position, alarm, kind, raised, at: recordedAt });
  await writing.run(forgetOld, {});
}

export const alarmsProjection: Projection = {
  name: ALARMS,
  tables: ['alarm', 'alarm_change'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists alarm (alarm ${t.text} primary key, kind ${t.text} not null, open ${t.int} not null, changed ${t.int} not null, since ${t.int} not null)${t.strict}`,
      `create table if not exists alarm_change (position ${t.int} primary key, alarm ${t.text} not null, kind ${t.text} not null, raised ${t.int} not null, at ${t.int} not null)${t.strict}`,
    ];
  },
  apply,
  carried: [
    { table: 'alarm', column: 'changed', of: 'record', key: ['alarm'] },
    { table: 'alarm_change', column: 'position', of: 'record' },
  ],
};
