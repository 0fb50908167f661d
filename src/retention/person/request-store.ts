/**
 * Projection `dsar-requests`: what persons asked for and how far each is, and which officer's word waits for a second
 * one. Ids and numbers alone: who is meant stands in the entries.
 */
import { z } from 'zod';
import type { Entry, EntryOf } from '../../core/entry.ts';
import { must, parseMillis, parsePosition, type Millis, type Position } from '../../core/ids.ts';
import { dsarWants } from '../../core/person-entries.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';

export const DSAR_REQUESTS = 'dsar-requests';
/** Requests that an answer lists at most. */
const MOST = 200;

const position = z.custom<Position>((value) => parsePosition(value).ok);
const millis = z.number().transform((n): Millis => must(parseMillis(n)));
const requestRow = z.object({
  position,
  wants: z.enum(dsarWants),
  due: millis,
  /** The newest inventory. */
  look: position.nullable(),
  /** The `dsar.run-requested` that waits for a second officer. */
  asked: position.nullable(),
  /** The `dsar.decided` by which it is done. */
  decided: position.nullable(),
  /** The `dsar.copied` or `dsar.erased` that this came to. */
  done: position.nullable(),
  /** The `dsar.answered`. */
  answered: position.nullable(),
});
export type Request = Readonly<z.infer<typeof requestRow>>;
const askRow = z.object({ position, request: position, ended_by: position.nullable() });
export type Ask = Readonly<{ position: Position; request: Position; endedBy: Position | undefined }>;

const columns = ['position', 'wants', 'due', 'look', 'asked', 'decided', 'done', 'answered'] as const;

const insertRequest = statement<{ position: number; wants: string; due: number }>((db, p) =>
  db.insertInto('dsar_request').values({
    ...{ position: p('position'), wants: p('wants'), due: p('due') },
    ...{ look: null, asked: null, decided: null, done: null, answered: null },
  }),
);
const selectRequest = statement<{ position: number }, Request>(
  (db, p) => db.selectFrom('dsar_request').select(columns).where('position', '=', p('position')),
  (row) => requestRow.parse(row),
);
const selectOpen = statement<Record<string, never>, Request>(
  (db) =>
    db
      .selectFrom('dsar_request')
      .select(columns)
      .where('answered', 'is', null)
      .orderBy('due')
      .orderBy('position')
      .limit(MOST),
  (row) => requestRow.parse(row),
);
const putStage = statement<{
  position: number;
  look: number | null;
  asked: number | null;
  decided: number | null;
  done: number | null;
  answered: number | null;
}>((db, p) =>
  db
    .updateTable('dsar_request')
    .set({ look: p('look'), asked: p('asked'), decided: p('decided'), done: p('done'), answered: p('answered') })
    .where('position', '=', p('position')),
);
const insertAsk = statement<{ position: number; request: number }>((db, p) =>
  db.insertInto('dsar_ask').values({ position: p('position'), request: p('request'), ended_by: null }),
);
const endAsk = statement<{ position: number; by: number }>((db, p) =>
  db
    .updateTable('dsar_ask')
    .set({ ended_by: p('by') })
    .where('position', '=', p('position'))
    .where('ended_by', 'is', null),
);
const selectAsk = statement<{ position: number }, z.infer<typeof askRow>>(
  (db, p) =>
    db.selectFrom('dsar_ask').select(['position', 'request', 'ended_by']).where('position', '=', p('position')),
  (row) => askRow.parse(row),
);
const selectEnded = statement<{ by: number }, z.infer<typeof askRow>>(
  (db, p) =>
    db.selectFrom('dsar_ask').select(['position', 'request', 'ended_by']).where('ended_by', '=', p('by')).limit(1),
  (row) => askRow.parse(row),
);

/** The request whose `dsar.opened` stands there. */
export function requestAt(reading: Reading, request: Position): Promise<Request | undefined> {
  return reading.get(selectRequest, { position: request });
}

/** Those that nobody has answered, by the day on which the answer is due; at most 200. */
export function openRequests(reading: Reading): Promise<readonly Request[]> {
  return reading.all(selectOpen, {});
}

/** The `dsar.run-requested` there; `endedBy` is what came of it. */
export async function askAt(reading: Reading, ask: Position): Promise<Ask | undefined> {
  return asked(await reading.get(selectAsk, { position: ask }));
}

/** The officer's word that this entry ended. */
export async function askEndedBy(reading: Reading, by: Position): Promise<Ask | undefined> {
  return asked(await reading.get(selectEnded, { by }));
}

function asked(row: z.infer<typeof askRow> | undefined): Ask | undefined {
  if (row === undefined) return undefined;
  return { position: row.position, request: row.request, endedBy: row.ended_by ?? undefined };
}

async function put(request: Request, change: Partial<Request>, writing: Writing): Promise<void> {
  const { position: at, look, asked: ask, decided, done, answered } = { ...request, ...change };
  await writing.run(putStage, { position: at, look, asked: ask, decided, done, answered });
}

/** A newer word takes the place of one that waited; while something is being done nobody's counts. */
async function onAsked(entry: EntryOf<'dsar.run-requested'>, request: Request, writing: Writing): Promise<void> {
  if (request.answered !== null || isUnderWay(request)) return;
  const { position: at } = entry;
  if (request.asked !== null) await writing.run(endAsk, { position: request.asked, by: at });
  await writing.run(insertAsk, { position: at, request: request.position });
  await put(request, { asked: at }, writing);
}

/** Of two words in one moment the first on record counts. */
async function onDecided(entry: EntryOf<'dsar.decided'>, request: Request, writing: Writing): Promise<void> {
  const { asked: ask, refused } = entry.body;
  if (request.asked !== ask) return;
  await writing.run(endAsk, { position: ask, by: entry.position });
  const decided = refused === true ? {} : { decided: entry.position, done: null };
  await put(request, { asked: null, ...decided }, writing);
}

/** Decided, and not yet done. */
export function isUnderWay({ decided, done }: Pick<Request, 'decided' | 'done'>): boolean {
  return decided !== null && done === null;
}

async function apply(entry: Entry, writing: Writing): Promise<void> {
  // The same act with other content, after a crash, is no second act.
  if (entry.source.conflictWith !== undefined) return;
  if (entry.kind === 'dsar.opened') {
    const { wants, due } = entry.body;
    await writing.run(insertRequest, { position: entry.position, wants, due });
    return;
  }
  const of = requestOf(entry);
  const request = of === undefined ? undefined : await requestAt(writing, of);
  if (request !== undefined) await onStage(entry, request, writing);
}

async function onStage(entry: Entry, request: Request, writing: Writing): Promise<void> {
  switch (entry.kind) {
    case 'dsar.looked':
      return put(request, { look: entry.position }, writing);
    case 'dsar.run-requested':
      return onAsked(entry, request, writing);
    case 'dsar.decided':
      return onDecided(entry, request, writing);
    case 'dsar.copied':
    case 'dsar.erased':
      return put(request, { done: entry.position }, writing);
    case 'dsar.answered':
      return put(request, { answered: request.answered ?? entry.position }, writing);
    default:
  }
}

function requestOf(entry: Entry): Position | undefined {
  switch (entry.kind) {
    case 'dsar.looked':
    case 'dsar.run-requested':
    case 'dsar.decided':
    case 'dsar.copied':
    case 'dsar.erased':
    case 'dsar.answered':
      return entry.body.request;
    default:
      return undefined;
  }
}

export const requestsProjection: Projection = {
  name: DSAR_REQUESTS,
  tables: ['dsar_request', 'dsar_ask'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists dsar_request (position ${t.int} primary key, wants ${t.text} not null, due ${t.int} not null, look ${t.int}, asked ${t.int}, decided ${t.int}, done ${t.int}, answered ${t.int})${t.strict}`,
      `create table if not exists dsar_ask (position ${t.int} primary key, request ${t.int} not null, ended_by ${t.int})${t.strict}`,
      'create index if not exists dsar_ask_end on dsar_ask (ended_by)',
    ];
  },
  apply,
};
