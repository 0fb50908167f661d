/**
 * The table of tasks. The journal's writer inserts and settles here, inside the commit of the entry that is the cause;
 * the runner only reads. `head` marks the first ready task of each lane, so that finding work costs the same whatever
 * the backlog: ten thousand waiting texts are rows on disk that nobody walks.
 */
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Lane, Position } from '../core/ids.ts';
import type { Settlement } from '../core/ports/recorder.ts';
import type { NewTask, PlannedTask, TaskSink } from '../journal/task-sink.ts';
import type { Reading, Writing } from '../storage/database.ts';
import type { Dialect, SqlValue } from '../storage/dialect.ts';
import { statement } from '../storage/statement.ts';
import { types } from '../storage/types.ts';
import { isHead, ready, taskRow, waiting } from './task-row.ts';

/**
 * The table and its indexes, idempotent. The lease columns are for several processes on PostgreSQL: there a process
 * claims a lane by writing its name and a time; with one process (data/lock) claims are in memory and they stay null.
 */
function schema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists task (
      id ${t.text} primary key, lane ${t.text} not null, kind ${t.text} not null, position ${t.int} not null,
      state ${t.text} not null, head ${t.int} not null, attempts ${t.int} not null, not_before ${t.int} not null,
      reason ${t.text}, failing_since ${t.int}, lease_owner ${t.text}, lease_until ${t.int}
    )${t.strict}`,
    `create index if not exists task_position on task (position, id)`,
    `create index if not exists task_lane on task (lane, position, id) where state = 'ready'`,
    `create index if not exists task_head on task (position, id) where head = 1`,
    `create index if not exists task_due on task (not_before) where head = 1`,
    `create index if not exists task_dead on task (position, id) where state = 'dead'`,
    `create index if not exists task_waiting on task (position, id) where state = 'waiting'`,
  ];
}

type NoParams = Readonly<Record<string, never>>;
type One = Readonly<{ id: string }>;
type OfLane = Readonly<{ lane: string }>;
type Inserted = Readonly<{
  id: string;
  lane: string;
  kind: string;
  position: number;
  state: string;
  head: number;
  reason: string | null;
}>;

const insertTask = statement<Inserted>((db, p) =>
  db.insertInto('task').values({
    id: p('id'),
    lane: p('lane'),
    kind: p('kind'),
    position: p('position'),
    state: p('state'),
    head: p('head'),
    attempts: 0,
    not_before: 0,
    reason: p('reason'),
  }),
);
const placeRow = z.object({ id: z.string(), position: z.number() });
const firstOf = statement<OfLane, { id: string; position: number }>(
  (db, p) =>
    db
      .selectFrom('task')
      .select(['id', 'position'])
      .where('lane', '=', p('lane'))
      .where('state', '=', ready)
      .orderBy('position')
      .orderBy('id')
      .limit(sql<number>`1`),
  (raw) => placeRow.parse(raw),
);

function firstReady(lane: RawBuilder<SqlValue>): RawBuilder<string> {
  return sql<string>`(select id from task where lane = ${lane} and state = 'ready' order by position, id limit 1)`;
}
/** Walks over the ready tasks of the lane: for what changes several of them at once. */
const dropHeads = statement<OfLane>((db, p) =>
  db
    .updateTable('task')
    .set({ head: 0 })
    .where('lane', '=', p('lane'))
    .where('state', '=', ready)
    .where('head', '=', isHead)
    .where('id', '<>', firstReady(p('lane'))),
);
const dropHead = statement<One>((db, p) => db.updateTable('task').set({ head: 0 }).where('id', '=', p('id')));
const raiseHead = statement<OfLane>((db, p) =>
  db
    .updateTable('task')
    .set({ head: 1 })
    .where('id', '=', firstReady(p('lane')))
    .where('head', '=', 0),
);

const laneRow = taskRow.pick({ lane: true });
const plannedRow = taskRow.pick({ id: true, lane: true, kind: true, position: true });
const laneOf = statement<One, { lane: Lane }>(
  (db, p) => db.selectFrom('task').select('lane').where('id', '=', p('id')),
  (raw) => laneRow.parse(raw),
);
const settleDone = statement<One>((db, p) =>
  db
    .updateTable('task')
    .set({ state: 'done', head: 0, reason: null })
    .where('id', '=', p('id'))
    .where('state', '<>', 'done'),
);
const settleDead = statement<One & Readonly<{ reason: string }>>((db, p) =>
  db
    .updateTable('task')
    .set({ state: 'dead', head: 0, reason: p('reason') })
    .where('id', '=', p('id'))
    .where('state', 'in', ['ready', 'waiting']),
);
const settleRetry = statement<One & Readonly<{ reason: string; notBefore: number }>>((db, p) =>
  db
    .updateTable('task')
    .set({
      attempts: sql<number>`attempts + 1`,
      reason: p('reason'),
      not_before: p('notBefore'),
      failing_since: sql<number>`coalesce(failing_since, ${p('notBefore')})`,
    })
    .where('id', '=', p('id'))
    .where('state', '=', 'ready'),
);
const settleAgain = statement<One>((db, p) =>
  db
    .updateTable('task')
    .set({ state: 'ready', attempts: 0, not_before: 0, failing_since: null })
    .where('id', '=', p('id'))
    .where('state', '<>', 'done'),
);

/** Positions grow, so that a new task is the head of an empty lane, or of one whose head came from the same entry. */
async function insert(task: NewTask, writing: Writing): Promise<void> {
  const { id, lane, kind, position, state, reason = null } = task;
  const first = state === 'ready' ? await writing.get(firstOf, { lane }) : undefined;
  const isFirst = state === 'ready' && (first === undefined || isBefore(task, first));
  await writing.run(insertTask, { id, lane, kind, position, state, head: isFirst ? 1 : 0, reason });
  if (isFirst && first !== undefined) await writing.run(dropHead, { id: first.id });
}

function isBefore(task: { id: string; position: number }, other: { id: string; position: number }): boolean {
  return task.position < other.position || (task.position === other.position && task.id < other.id);
}

/**
 * Gives the task its new state; the lane in which something changed, so that whoever runs it looks again. A task that
 * is done stays done: settling it otherwise, or settling one that does not exist, changes nothing.
 */
async function settle(settlement: Settlement, writing: Writing): Promise<Lane | undefined> {
  const id = settlement.task;
  const changed = await write(settlement, writing);
  if (changed === 0) return undefined;
  const lane = (await writing.get(laneOf, { id }))?.lane;
  if (lane !== undefined) await passHead(settlement.to, lane, writing);
  return lane;
}

/** What ended gave the mark back already; what waits for its next turn keeps it. */
async function passHead(to: Settlement['to'], lane: Lane, writing: Writing): Promise<void> {
  if (to === 'again') await rehead(lane, writing);
  else if (to !== 'retry') await writing.run(raiseHead, { lane });
}

function write(settlement: Settlement, writing: Writing): Promise<number> {
  const id = settlement.task;
  switch (settlement.to) {
    case 'done':
      return writing.run(settleDone, { id });
    case 'dead':
      return writing.run(settleDead, { id, reason: settlement.reason });
    case 'retry':
      return writing.run(settleRetry, { id, reason: settlement.reason, notBefore: settlement.notBefore });
    case 'again':
      return writing.run(settleAgain, { id });
  }
}

/** Keeps the mark true: exactly the first ready task of the lane has it. */
async function rehead(lane: Lane, writing: Writing): Promise<void> {
  await writing.run(dropHeads, { lane });
  await writing.run(raiseHead, { lane });
}

const between = statement<Readonly<{ from: number; to: number }>, PlannedTask>(
  (db, p) =>
    db
      .selectFrom('task')
      .select(['id', 'lane', 'kind', 'position'])
      .where('position', '>=', p('from'))
      .where('position', '<=', p('to'))
      .orderBy('position')
      .orderBy('id'),
  (raw) => plannedRow.parse(raw),
);

async function planned(
  range: { readonly from: Position; readonly to: Position },
  reading: Reading,
): Promise<readonly PlannedTask[]> {
  return reading.all(between, range);
}

const setLane = statement<One & OfLane>((db, p) =>
  db
    .updateTable('task')
    .set({ lane: p('lane'), head: 0 })
    .where('id', '=', p('id')),
);

async function moveLane(task: PlannedTask, writing: Writing): Promise<void> {
  const { id, lane } = task;
  const before = await writing.get(laneOf, { id });
  await writing.run(setLane, { id, lane });
  await rehead(lane, writing);
  if (before !== undefined) await rehead(before.lane, writing);
}

const staleLanes = statement<NoParams, { lane: Lane }>(
  (db) => db.selectFrom('task').select('lane').distinct().where('state', '=', waiting).where('reason', '=', 'stale'),
  (raw) => laneRow.parse(raw),
);
const freeStale = statement<NoParams>((db) =>
  db
    .updateTable('task')
    .set({ state: 'ready', reason: null })
    .where('state', '=', waiting)
    .where('reason', '=', 'stale'),
);

async function releaseStale(writing: Writing): Promise<readonly Lane[]> {
  const lanes = (await writing.all(staleLanes, {})).map((found) => found.lane);
  await writing.run(freeStale, {});
  for (const lane of lanes) await rehead(lane, writing);
  return lanes;
}

/** What the journal's writer does with tasks. */
export const taskSink: TaskSink = { schema, insert, settle, planned, moveLane, releaseStale };
