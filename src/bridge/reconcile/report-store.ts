/** Which reconciliations are on record: the newest is what the desk and the brief show. */
import { z } from 'zod';
import type { Millis, Position } from '../../core/ids.ts';
import type { ReconcileReport } from '../../core/watch-entries.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

const reportRow = z.object({ position: column.position, until: column.millis });
type ReportRow = z.infer<typeof reportRow>;

const insert = statement<{ position: number; by: string; until: number }>((db, p) =>
  db.insertInto('reconcile_report').values({ position: p('position'), asked_by: p('by'), until: p('until') }),
);
const newest = statement<Record<string, never>, ReportRow>(
  (db) => db.selectFrom('reconcile_report').select(['position', 'until']).orderBy('position', 'desc').limit(1),
  (row) => reportRow.parse(row),
);
const newestBy = statement<{ by: string }, ReportRow>(
  (db, p) =>
    db
      .selectFrom('reconcile_report')
      .select(['position', 'until'])
      .where('asked_by', '=', p('by'))
      .orderBy('position', 'desc')
      .limit(1),
  (row) => reportRow.parse(row),
);

/** A report's entry, and until when it compared. */
export interface ReportKept {
  readonly position: Position;
  readonly until: Millis;
}

/** The newest report, or the newest of one kind. */
export function lastReport(reading: Reading, by?: ReconcileReport['by']): Promise<ReportKept | undefined> {
  return by === undefined ? reading.get(newest, {}) : reading.get(newestBy, { by });
}

export const reportsProjection: Projection = {
  name: 'reconciliations',
  tables: ['reconcile_report'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists reconcile_report (position ${t.int} primary key, asked_by ${t.text} not null, until ${t.int} not null)${t.strict}`,
    ];
  },
  apply: async (entry, writing) => {
    if (entry.kind !== 'reconcile.report') return;
    await writing.run(insert, { position: entry.position, by: entry.body.by, until: entry.body.to });
  },
  carried: [{ table: 'reconcile_report', column: 'position', of: 'record' }],
};
