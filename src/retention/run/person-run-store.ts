/** Projection `retention-person-runs`: which run is a person's erasure, and which run a batch belongs to. Ids alone. */
import { z } from 'zod';
import { parsePosition, type Position } from '../../core/ids.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { openRun } from './run-store.ts';

const position = z.custom<Position>((value) => parsePosition(value).ok);
const runRow = z.object({ run: position });
const requestRow = z.object({ request: position, decided: position });

const insertRun = statement<{ run: number; request: number; because: number; refused: number }>((db, p) =>
  db
    .insertInto('retention_person_run')
    .values({ run: p('run'), request: p('request'), because: p('because'), refused: p('refused') }),
);
const selectRequest = statement<{ run: number }, z.infer<typeof requestRow>>(
  (db, p) =>
    db.selectFrom('retention_person_run').select(['request', 'because as decided']).where('run', '=', p('run')),
  (row) => requestRow.parse(row),
);
const selectRun = statement<{ because: number; refused: number }, z.infer<typeof runRow>>(
  (db, p) =>
    db
      .selectFrom('retention_person_run')
      .select('run')
      .where('because', '=', p('because'))
      .where('refused', '=', p('refused'))
      .orderBy('run')
      .limit(1),
  (row) => runRow.parse(row),
);
const selectRunOfBatch = statement<{ batch: number }, z.infer<typeof runRow>>(
  (db, p) => db.selectFrom('retention_batch').select('run').where('position', '=', p('batch')),
  (row) => runRow.parse(row),
);

/** The person's erasure that is under way, the request that it is for and the `dsar.decided` by which it is done. */
export interface OpenPersonRun {
  readonly run: Position;
  readonly request: Position;
  readonly decided: Position;
}

export async function openPersonRun(reading: Reading): Promise<OpenPersonRun | undefined> {
  const run = (await openRun(reading))?.position;
  const found = run === undefined ? undefined : await reading.get(selectRequest, { run });
  return run === undefined || found === undefined ? undefined : { run, ...found };
}

/** The run that came of this `dsar.decided`; with `refused`, the one that could not begin. */
export async function personRunFor(
  reading: Reading,
  decided: Position,
  { refused }: { readonly refused: boolean },
): Promise<Position | undefined> {
  return (await reading.get(selectRun, { because: decided, refused: refused ? 1 : 0 }))?.run;
}

/** The run whose `retention.erased` stands there. */
export async function runOfBatch(reading: Reading, batch: Position): Promise<Position | undefined> {
  return (await reading.get(selectRunOfBatch, { batch }))?.run;
}

export const personRunsProjection: Projection = {
  name: 'retention-person-runs',
  tables: ['retention_person_run'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_person_run (run ${t.int} primary key, request ${t.int} not null, because ${t.int} not null, refused ${t.int} not null)${t.strict}`,
      'create index if not exists retention_person_run_because on retention_person_run (because)',
    ];
  },
  apply: async (entry, writing) => {
    if (entry.kind !== 'retention.run' || entry.source.conflictWith !== undefined) return;
    const { dsar: request, because, refused } = entry.body;
    if (request === undefined) return;
    const row = { run: entry.position, request, because, refused: refused === undefined ? 0 : 1 };
    await writing.run(insertRun, row);
  },
};
