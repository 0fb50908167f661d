/** The reading half of the table of tasks: what there is to do, and what waits for a person. */
import { sql } from 'kysely';
import { z } from 'zod';
import {
  must,
  parseMillis,
  parsePosition,
  parseTaskId,
  type Lane,
  type Millis,
  type Position,
  type TaskId,
} from '../core/ids.ts';
import type { Reading } from '../storage/database.ts';
import { statement, type Statement } from '../storage/statement.ts';
import { LONGEST_MS } from './back-off.ts';
import { isHead, ready, taskColumns, taskOf } from './task-row.ts';
import type { Task } from './task.ts';

/** Where a walk over heads goes on: behind this task. */
export interface HeadCursor {
  readonly position: number;
  readonly id: string;
}
type Page = Readonly<{ limit: number }>;
type NoParams = Readonly<Record<string, never>>;
type One = Readonly<{ id: string }>;
type OfLane = Readonly<{ lane: string }>;

const dueRow = z.object({ due: z.number().nullable() });
const countRow = z.object({ n: z.number() });
const idRow = z.object({ id: z.unknown().transform((text) => must(parseTaskId(text))) });
const oldestRow = z.object({ position: z.number().nullable() });

const headsAfter = statement<Readonly<{ now: number; beyond: number; position: number; id: string }> & Page, Task>(
  (db, p) =>
    db
      .selectFrom('task')
      .select(taskColumns)
      .where('head', '=', isHead)
      .where(sql<boolean>`(not_before <= ${p('now')} or not_before > ${p('beyond')})`)
      .where(sql<boolean>`(position, id) > (${p('position')}, ${p('id')})`)
      .orderBy('position')
      .orderBy('id')
      .limit(sql<number>`${p('limit')}`),
  taskOf,
);
const headsDue = statement<Readonly<{ from: number; to: number }> & Page, Task>(
  (db, p) =>
    db
      .selectFrom('task')
      .select(taskColumns)
      .where('head', '=', isHead)
      .where('not_before', '>', p('from'))
      .where('not_before', '<=', p('to'))
      .orderBy('not_before')
      .limit(sql<number>`${p('limit')}`),
  taskOf,
);
const headsUpTo = statement<Readonly<{ upTo: number }> & Page, { id: TaskId }>(
  (db, p) =>
    db
      .selectFrom('task')
      .select('id')
      .where('head', '=', isHead)
      .where('position', '<=', p('upTo'))
      .orderBy('position')
      .limit(sql<number>`${p('limit')}`),
  (raw) => idRow.parse(raw),
);
const headOfLane = statement<OfLane, Task>(
  (db, p) =>
    db
      .selectFrom('task')
      .select(taskColumns)
      .where('lane', '=', p('lane'))
      .where('state', '=', ready)
      .orderBy('position')
      .orderBy('id')
      .limit(sql<number>`1`),
  taskOf,
);
const soonest = statement<Readonly<{ now: number }>, { due: number | null }>(
  (db, p) =>
    db
      .selectFrom('task')
      .select(sql<number>`min(not_before)`.as('due'))
      .where('head', '=', isHead)
      .where('not_before', '>', p('now')),
  (raw) => dueRow.parse(raw),
);
const taskById = statement<One, Task>(
  (db, p) => db.selectFrom('task').select(taskColumns).where('id', '=', p('id')),
  taskOf,
);

const openAt = statement<Readonly<{ position: number }>, { id: TaskId }>(
  (db, p) =>
    db
      .selectFrom('task')
      .select('id')
      .where('position', '=', p('position'))
      .where('state', '<>', 'done')
      .limit(sql<number>`1`),
  (raw) => idRow.parse(raw),
);

/** First tasks of their lanes that are due at `now` (see `isDue`), oldest first, behind `after`. */
export function dueHeads(
  reading: Reading,
  page: { readonly now: Millis; readonly after?: HeadCursor; readonly limit: number },
): Promise<readonly Task[]> {
  const { position, id } = page.after ?? { position: 0, id: '' };
  return reading.all(headsAfter, { now: page.now, beyond: page.now + LONGEST_MS, position, id, limit: page.limit });
}

/** First tasks of their lanes whose back-off ends after `from` and not after `to`, soonest first. */
export function headsDueBetween(
  reading: Reading,
  span: { readonly from: Millis; readonly to: Millis; readonly limit: number },
): Promise<readonly Task[]> {
  return reading.all(headsDue, span);
}

/** First tasks of their lanes, due or not, whose entries stand at `upTo` or before. */
export async function idsOfHeads(
  reading: Reading,
  span: { readonly upTo: number; readonly limit: number },
): Promise<readonly TaskId[]> {
  return (await reading.all(headsUpTo, span)).map(({ id }) => id);
}

/** The first ready task of a lane, due or not. */
export function headOf(reading: Reading, lane: Lane): Promise<Task | undefined> {
  return reading.get(headOfLane, { lane });
}

/** When the next back-off after `now` ends. */
export async function nextDue(reading: Reading, now: Millis): Promise<Millis | undefined> {
  const due = (await reading.get(soonest, { now }))?.due ?? undefined;
  return due === undefined ? undefined : must(parseMillis(due));
}

/** Whether anything that follows from this entry is still to be done, or waits for a person. */
export async function hasOpenTask(reading: Reading, position: Position): Promise<boolean> {
  return (await reading.get(openAt, { position })) !== undefined;
}

export function taskWithId(reading: Reading, id: TaskId): Promise<Task | undefined> {
  return reading.get(taskById, { id });
}

function standing(state: 'dead' | 'waiting'): Statement<Readonly<{ position: number }> & Page, Task> {
  return statement(
    (db, p) =>
      db
        .selectFrom('task')
        .select(taskColumns)
        .where('state', '=', sql.lit(state))
        .where('position', '>', p('position'))
        .orderBy('position')
        .orderBy('id')
        .limit(sql<number>`${p('limit')}`),
    taskOf,
  );
}
const standingTasks = { dead: standing('dead'), waiting: standing('waiting') };

/** Tasks that wait for a person (`dead`) or for a rebuild (`waiting`), oldest first, behind the position `after`. */
export function tasksStanding(
  reading: Reading,
  page: { readonly state: 'dead' | 'waiting'; readonly after: Position | 0; readonly limit: number },
): Promise<readonly Task[]> {
  return reading.all(standingTasks[page.state], { position: page.after, limit: page.limit });
}

export interface TaskCounts {
  readonly ready: number;
  readonly waiting: number;
  readonly dead: number;
  /** The entry whose task has waited longest. */
  readonly oldestReady?: Position;
}
function countOf(state: 'ready' | 'waiting' | 'dead', patient: readonly string[]): Statement<NoParams, { n: number }> {
  return statement(
    (db) =>
      db
        .selectFrom('task')
        .select(sql<number>`count(*)`.as('n'))
        .where('state', '=', sql.lit(state))
        .where(isUnderWay(patient)),
    (raw) => countRow.parse(raw),
  );
}
function oldestHead(patient: readonly string[]): Statement<NoParams, { position: number | null }> {
  return statement(
    (db) =>
      db
        .selectFrom('task')
        .select(sql<number>`min(position)`.as('position'))
        .where('head', '=', isHead)
        .where(isUnderWay(patient)),
    (raw) => oldestRow.parse(raw),
  );
}

/** All but those that were never tried and have nothing to do for hours. */
function isUnderWay(patient: readonly string[]) {
  if (patient.length === 0) return sql<boolean>`1 = 1`;
  const kinds = sql.join(patient.map((kind) => sql.lit(kind)));
  return sql<boolean>`(attempts > 0 or kind not in (${kinds}))`;
}

/** How many tasks are open; done ones are not counted, nor those of `patient` kinds that were never tried. */
export function taskCounting(patient: readonly string[]): (reading: Reading) => Promise<TaskCounts> {
  const [ready, waiting, dead] = [countOf('ready', patient), countOf('waiting', []), countOf('dead', [])];
  const oldest = oldestHead(patient);
  return async (reading) => {
    const position = (await reading.get(oldest, {}))?.position ?? undefined;
    return {
      ready: (await reading.get(ready, {}))?.n ?? 0,
      waiting: (await reading.get(waiting, {}))?.n ?? 0,
      dead: (await reading.get(dead, {}))?.n ?? 0,
      ...(position === undefined ? {} : { oldestReady: must(parsePosition(position)) }),
    };
  };
}

/** All that are open. */
export const countTasks = taskCounting([]);
