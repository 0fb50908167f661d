/**
 * Projection `retention-runs`: runs and what they erased, whether runs may delete, the newest preview, and until when a
 * copy of the keys is known to be kept. Ids and numbers alone; why and by whom stands in the entries.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { must, parseMillis, parsePosition, type Millis, type Position } from '../../core/ids.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const RETENTION_RUNS = 'retention-runs';
/** Runs that an answer looks back over. */
const MOST_RUNS = 100;

const position = z.custom<Position>((value) => parsePosition(value).ok);
const millis = z.number().transform((n) => must(parseMillis(n)));
const runRow = z.object({
  position,
  because: position,
  classes: z.string(),
  until: millis,
  refused: z.number().transform((n) => n !== 0),
  certificate: position.nullable(),
});
export type Run = Readonly<z.infer<typeof runRow>>;
const atRow = z.object({ position });
const factRow = z.object({ position, classes: z.string(), value: z.number() });
const requestRow = z.object({ position, classes: z.string(), ended: position.nullable() });
export type ArmRequest = Readonly<z.infer<typeof requestRow>>;

/** One row of each: what is so now. */
type Fact = 'armed' | 'classes' | 'disarmed' | 'previewed' | 'keys-kept' | 'clock-confirmed';
type None = Record<string, never>;
type Row = Readonly<{ what: string; position: number; classes: string; value: number }>;

const insertRun = statement<
  Readonly<{ position: number; because: number; classes: string; until: number; refused: number }>
>((db, p) =>
  db.insertInto('retention_run').values({
    ...{ position: p('position'), because: p('because'), classes: p('classes'), until: p('until') },
    ...{ refused: p('refused'), certificate: null },
  }),
);
const endRun = statement<{ position: number; certificate: number }>((db, p) =>
  db
    .updateTable('retention_run')
    .set({ certificate: p('certificate') })
    .where('position', '=', p('position'))
    .where('certificate', 'is', null),
);
const columns = ['position', 'because', 'classes', 'until', 'refused', 'certificate'] as const;
const selectRun = statement<{ position: number }, Run>(
  (db, p) => db.selectFrom('retention_run').select(columns).where('position', '=', p('position')),
  (row) => runRow.parse(row),
);
const selectRunFor = statement<{ because: number }, Run>(
  (db, p) => db.selectFrom('retention_run').select(columns).where('because', '=', p('because')).limit(1),
  (row) => runRow.parse(row),
);
const selectCertified = statement<None, Run>(
  (db) =>
    db
      .selectFrom('retention_run')
      .select(columns)
      .where('certificate', 'is not', null)
      .orderBy('position', 'desc')
      .limit(MOST_RUNS),
  (row) => runRow.parse(row),
);
const selectOpen = statement<None, Run>(
  (db) =>
    db
      .selectFrom('retention_run')
      .select(columns)
      .where('certificate', 'is', null)
      .where('refused', '=', sql.lit(0))
      .orderBy('position')
      .limit(1),
  (row) => runRow.parse(row),
);
const insertBatch = statement<{ position: number; run: number }>((db, p) =>
  db.insertInto('retention_batch').values({ position: p('position'), run: p('run') }),
);
const selectBatches = statement<{ run: number }, z.infer<typeof atRow>>(
  (db, p) => db.selectFrom('retention_batch').select('position').where('run', '=', p('run')).orderBy('position'),
  (row) => atRow.parse(row),
);
const putFact = statement<Row>((db, p) =>
  db
    .insertInto('retention_fact')
    .values({ what: p('what'), position: p('position'), classes: p('classes'), value: p('value') })
    .onConflict((conflict) =>
      conflict.column('what').doUpdateSet({ position: p('position'), classes: p('classes'), value: p('value') }),
    ),
);
const dropFact = statement<{ what: string }>((db, p) => db.deleteFrom('retention_fact').where('what', '=', p('what')));
const selectFact = statement<{ what: string }, z.infer<typeof factRow>>(
  (db, p) => db.selectFrom('retention_fact').select(['position', 'classes', 'value']).where('what', '=', p('what')),
  (row) => factRow.parse(row),
);
const insertRequest = statement<{ position: number; classes: string }>((db, p) =>
  db.insertInto('retention_arm_request').values({ position: p('position'), classes: p('classes'), ended: null }),
);
const endRequest = statement<{ position: number; ended: number }>((db, p) =>
  db
    .updateTable('retention_arm_request')
    .set({ ended: p('ended') })
    .where('position', '=', p('position'))
    .where('ended', 'is', null),
);
const selectRequest = statement<{ position: number }, ArmRequest>(
  (db, p) =>
    db
      .selectFrom('retention_arm_request')
      .select(['position', 'classes', 'ended'])
      .where('position', '=', p('position')),
  (row) => requestRow.parse(row),
);
const selectNewestRequest = statement<None, ArmRequest>(
  (db) =>
    db
      .selectFrom('retention_arm_request')
      .select(['position', 'classes', 'ended'])
      .orderBy('position', 'desc')
      .limit(1),
  (row) => requestRow.parse(row),
);

/** The `retention.armed` by which runs may delete now, for these very classes; undefined while they only preview. */
export async function armedFor(reading: Reading, classes: string): Promise<Position | undefined> {
  const row = await reading.get(selectFact, { what: 'armed' });
  return row?.classes === classes ? row.position : undefined;
}

/** The `retention.classes` that disarmed, while nobody has armed again. */
export async function disarmedBy(reading: Reading): Promise<Position | undefined> {
  return (await reading.get(selectFact, { what: 'disarmed' }))?.position;
}

/** The newest preview, and the digest of the classes that it was counted by. */
export function newestPreview(
  reading: Reading,
): Promise<{ readonly position: Position; readonly classes: string } | undefined> {
  return reading.get(selectFact, { what: 'previewed' });
}

/** Until when the longest-kept known copy of the keys may be there; undefined where no backup was ever made. */
export async function keysKeptUntil(reading: Reading): Promise<Millis | undefined> {
  const row = await reading.get(selectFact, { what: 'keys-kept' });
  return row === undefined ? undefined : must(parseMillis(row.value));
}

/** The newest word of an officer about the clock: by how much it was set, and was right all the same. */
export async function clockConfirmed(
  reading: Reading,
): Promise<{ readonly byMs: number; readonly at: Position } | undefined> {
  const row = await reading.get(selectFact, { what: 'clock-confirmed' });
  return row === undefined ? undefined : { byMs: row.value, at: row.position };
}

export function runAt(reading: Reading, run: Position): Promise<Run | undefined> {
  return reading.get(selectRun, { position: run });
}
/** The run that came of this asking. */
export function runFor(reading: Reading, asked: Position): Promise<Run | undefined> {
  return reading.get(selectRunFor, { because: asked });
}
/** Runs that ended with a certificate, newest first. */
export function certifiedRuns(reading: Reading): Promise<readonly Run[]> {
  return reading.all(selectCertified, {});
}
/** The run that is under way. */
export function openRun(reading: Reading): Promise<Run | undefined> {
  return reading.get(selectOpen, {});
}
/** The `retention.erased` of a run, oldest first. */
export async function batchesOf(reading: Reading, run: Position): Promise<readonly Position[]> {
  return (await reading.all(selectBatches, { run })).map((row) => row.position);
}
export function armRequestAt(reading: Reading, request: Position): Promise<ArmRequest | undefined> {
  return reading.get(selectRequest, { position: request });
}
export function newestArmRequest(reading: Reading): Promise<ArmRequest | undefined> {
  return reading.get(selectNewestRequest, {});
}
async function put(what: Fact, row: { position: Position; classes?: string; value?: number }, writing: Writing) {
  await writing.run(putFact, { what, position: row.position, classes: row.classes ?? '', value: row.value ?? 0 });
}

/** Two people, and the classes that hold now: anything else arms nothing. */
async function onArmed(entry: EntryOf<'retention.armed'>, writing: Writing): Promise<void> {
  const { armed, classes, request } = entry.body;
  const open = request === undefined ? undefined : await writing.get(selectRequest, { position: request });
  if (request !== undefined) await writing.run(endRequest, { position: request, ended: entry.position });
  if (armed) {
    const inForce = await writing.get(selectFact, { what: 'classes' });
    if (!byTwo(entry) || !isFor(classes, open) || inForce?.classes !== classes) return;
    await put('armed', { position: entry.position, classes }, writing);
    await writing.run(dropFact, { what: 'disarmed' });
  } else if (request === undefined) {
    // Whoever decides against a request leaves what is armed as it is.
    await writing.run(dropFact, { what: 'armed' });
  }
}

function isFor(classes: string, request: ArmRequest | undefined): boolean {
  return request?.ended === null && request.classes === classes;
}

function byTwo({ body: { by, approvedBy } }: EntryOf<'retention.armed'>): boolean {
  return by !== undefined && approvedBy !== undefined && by !== approvedBy;
}

async function onClasses({ position: at, body }: EntryOf<'retention.classes'>, writing: Writing): Promise<void> {
  await put('classes', { position: at, classes: body.digest }, writing);
  const armed = await writing.get(selectFact, { what: 'armed' });
  if (armed === undefined || armed.classes === body.digest) return;
  await writing.run(dropFact, { what: 'armed' });
  await put('disarmed', { position: at, classes: body.digest }, writing);
}

async function onBackup({ position: at, body }: EntryOf<'backup.made'>, writing: Writing): Promise<void> {
  const known = await writing.get(selectFact, { what: 'keys-kept' });
  if ((known?.value ?? 0) < body.keysUntil) await put('keys-kept', { position: at, value: body.keysUntil }, writing);
}

async function apply(entry: Entry, writing: Writing): Promise<void> {
  // The same act with other content, after a crash, is no second act.
  if (entry.source.conflictWith !== undefined) return;
  const { position: at } = entry;
  switch (entry.kind) {
    case 'retention.classes':
      return onClasses(entry, writing);
    case 'retention.armed':
      return onArmed(entry, writing);
    case 'retention.arm-requested':
      await writing.run(insertRequest, { position: at, classes: entry.body.classes });
      return;
    case 'retention.previewed':
      return put('previewed', { position: at, classes: entry.body.classes }, writing);
    case 'retention.clock-confirmed':
      return put('clock-confirmed', { position: at, value: entry.body.byMs }, writing);
    case 'backup.made':
      return onBackup(entry, writing);
    default:
      return onRun(entry, writing);
  }
}

async function onRun(entry: Entry, writing: Writing): Promise<void> {
  if (entry.kind === 'retention.run') {
    const { because, classes, until, refused } = entry.body;
    const row = { position: entry.position, because, classes, until, refused: refused === undefined ? 0 : 1 };
    await writing.run(insertRun, row);
  }
  if (entry.kind === 'retention.erased') {
    await writing.run(insertBatch, { position: entry.position, run: entry.body.run });
  }
  if (entry.kind === 'retention.certificate') {
    await writing.run(endRun, { position: entry.body.run, certificate: entry.position });
  }
}

export const runsProjection: Projection = {
  name: RETENTION_RUNS,
  tables: ['retention_run', 'retention_batch', 'retention_fact', 'retention_arm_request'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists retention_run (position ${t.int} primary key, because ${t.int} not null, classes ${t.text} not null, until ${t.int} not null, refused ${t.int} not null, certificate ${t.int})${t.strict}`,
      'create index if not exists retention_run_because on retention_run (because)',
      `create table if not exists retention_batch (position ${t.int} primary key, run ${t.int} not null)${t.strict}`,
      'create index if not exists retention_batch_run on retention_batch (run, position)',
      `create table if not exists retention_fact (what ${t.text} primary key, position ${t.int} not null, classes ${t.text} not null, value ${t.int} not null)${t.strict}`,
      `create table if not exists retention_arm_request (position ${t.int} primary key, classes ${t.text} not null, ended ${t.int})${t.strict}`,
    ];
  },
  apply,
};
