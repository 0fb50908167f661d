import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { lane, must, parseMillis, parsePosition, taskIdFor, type Lane, type TaskId } from '../../../src/core/ids.ts';
import type { Settlement } from '../../../src/core/ports/recorder.ts';
import type { Database, Reading } from '../../../src/storage/database.ts';
import { openDatabase, type DatabaseOptions } from '../../../src/storage/open-database.ts';
import { createSchemas } from '../../../src/storage/schema.ts';
import {
  countTasks,
  taskCounting,
  dueHeads,
  headOf,
  headsDueBetween,
  nextDue,
  tasksStanding,
  taskWithId,
} from '../../../src/tasks/open-tasks.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

const ann = lane('out', 'p1');
const bea = lane('out', 'p2');
const at = (ms: number) => must(parseMillis(ms));

describe.each(['sqlite', 'postgres'] as const)('the table of tasks (%s)', (dialect) => {
  let dir = '';
  let server: TestPostgres | undefined;
  let database: Database;

  beforeAll(async () => {
    if (dialect === 'postgres') server = await startPostgres();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tasks-'));
    const where: DatabaseOptions =
      server === undefined
        ? { dialect: 'sqlite', file: join(dir, 'test.db') }
        : { dialect: 'postgres', url: await server.database() };
    database = await openDatabase(where);
    await createSchemas(database, [{ name: 'task', version: 1, tables: (of) => taskSink.schema(of) }]);
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  function insert(
    n: number,
    of: Lane,
    state: 'ready' | 'waiting' | 'dead' = 'ready',
    reason?: string,
  ): Promise<TaskId> {
    const position = must(parsePosition(n));
    const id = taskIdFor(position, 'send');
    const task = { id, lane: of, kind: 'send', position, state, ...(reason === undefined ? {} : { reason }) };
    return database.write(async (writing) => {
      await taskSink.insert(task, writing);
      return id;
    });
  }
  const settle = (settlement: Settlement) => database.write((writing) => taskSink.settle(settlement, writing));
  const read = <T>(work: (reading: Reading) => Promise<T>) => database.read(work);
  const heads = async (now = 0) =>
    (await read((reading) => dueHeads(reading, { now: at(now), limit: 100 }))).map((task) => task.id);

  test('gives the first ready task of each lane, oldest first', async () => {
    await insert(1, ann);
    await insert(2, bea);
    await insert(3, ann);
    expect(await heads()).toEqual(['1/send', '2/send']);
  });

  test('a done task makes way for the next of its lane and names the lane', async () => {
    const first = await insert(1, ann);
    await insert(3, ann);
    expect(await settle({ task: first, to: 'done' })).toBe(ann);
    expect(await heads()).toEqual(['3/send']);
  });

  test.each(['dead', 'waiting'] as const)('a task that is made %s does not block its lane', async (state) => {
    await insert(1, ann, state, 'stale');
    await insert(2, ann);
    expect(await heads()).toEqual(['2/send']);
    const [standing] = await read((reading) => tasksStanding(reading, { state, after: 0, limit: 10 }));
    expect(standing).toMatchObject({ id: '1/send', state, reason: 'stale' });
  });

  test('a retry holds back its lane until it is due, and counts', async () => {
    const id = await insert(1, ann);
    await insert(2, ann);
    await settle({ task: id, to: 'retry', notBefore: at(500), reason: 'internal' });
    await settle({ task: id, to: 'retry', notBefore: at(900), reason: 'internal' });
    expect(await heads(899)).toEqual([]);
    expect(await heads(900)).toEqual(['1/send']);
    expect(await read((reading) => taskWithId(reading, id))).toMatchObject({
      attempts: 2,
      reason: 'internal',
      failingSince: 500,
    });
  });

  test('the next due time and the heads that became due in a span are found', async () => {
    const a = await insert(1, ann);
    const b = await insert(2, bea);
    await settle({ task: a, to: 'retry', notBefore: at(500), reason: 'internal' });
    await settle({ task: b, to: 'retry', notBefore: at(300), reason: 'internal' });
    expect(await read((reading) => nextDue(reading, at(0)))).toBe(300);
    expect(await read((reading) => nextDue(reading, at(300)))).toBe(500);
    expect(await read((reading) => nextDue(reading, at(500)))).toBeUndefined();
    const due = await read((reading) => headsDueBetween(reading, { from: at(299), to: at(500), limit: 10 }));
    expect(due.map((task) => task.id)).toEqual([b, a]);
  });

  test('a dead task comes back in front of its lane when a person asks for it, with its attempts forgotten', async () => {
    const id = await insert(1, ann);
    await insert(2, ann);
    await settle({ task: id, to: 'retry', notBefore: at(500), reason: 'internal' });
    await settle({ task: id, to: 'dead', reason: 'internal' });
    expect(await heads()).toEqual(['2/send']);
    expect(await settle({ task: id, to: 'again' })).toBe(ann);
    expect(await heads()).toEqual(['1/send']);
    const task = await read((reading) => headOf(reading, ann));
    expect(task).toMatchObject({ id, attempts: 0, notBefore: 0, state: 'ready' });
    expect(task).not.toHaveProperty('failingSince');
  });

  test.each<Settlement>([
    { task: taskIdFor(must(parsePosition(1)), 'send'), to: 'again' },
    { task: taskIdFor(must(parsePosition(1)), 'send'), to: 'dead', reason: 'internal' },
    { task: taskIdFor(must(parsePosition(1)), 'send'), to: 'retry', notBefore: at(5), reason: 'internal' },
    { task: taskIdFor(must(parsePosition(1)), 'send'), to: 'done' },
  ])('a done task stays done: $to', async (settlement) => {
    await settle({ task: await insert(1, ann), to: 'done' });
    expect(await settle(settlement)).toBeUndefined();
    expect(await heads()).toEqual([]);
    expect(await read((reading) => taskWithId(reading, settlement.task))).toMatchObject({ state: 'done', attempts: 0 });
  });

  test('a settlement of a task that does not exist changes nothing', async () => {
    expect(await settle({ task: taskIdFor(must(parsePosition(9)), 'send'), to: 'done' })).toBeUndefined();
  });

  test('two tasks of one entry in one lane run in the order of their kinds, however they were planned', async () => {
    const position = must(parsePosition(4));
    await database.write(async (writing) => {
      for (const kind of ['send', 'open']) {
        await taskSink.insert({ id: taskIdFor(position, kind), lane: ann, kind, position, state: 'ready' }, writing);
      }
    });
    expect(await heads()).toEqual(['4/open']);
  });

  test('pages of heads join without a gap', async () => {
    for (let n = 1; n <= 5; n += 1) await insert(n, lane('out', `p${n}`));
    const first = await read((reading) => dueHeads(reading, { now: at(0), limit: 2 }));
    const last = first.at(-1);
    const rest = await read((reading) =>
      dueHeads(reading, { now: at(0), limit: 10, ...(last === undefined ? {} : { after: last }) }),
    );
    expect([...first, ...rest].map((task) => task.position)).toEqual([1, 2, 3, 4, 5]);
  });

  test('counts what is open', async () => {
    await settle({ task: await insert(1, ann), to: 'done' });
    await insert(2, ann);
    await insert(3, ann);
    await insert(4, bea, 'dead', 'unplanned');
    await insert(5, bea, 'waiting', 'stale');
    expect(await read(countTasks)).toEqual({ ready: 2, waiting: 1, dead: 1, oldestReady: 2 });
  });

  test('what only waits for a time of its own is not under way, until it was tried', async () => {
    const kind = 'policy.expire';
    await database.write(async (writing) => {
      for (const n of [1, 2]) {
        const position = must(parsePosition(n));
        const task = { id: taskIdFor(position, kind), lane: lane('settle', `v${n}`), kind, position };
        await taskSink.insert({ ...task, state: 'ready' }, writing);
      }
    });
    await insert(3, ann);
    const underWay = taskCounting([kind]);
    expect(await read(underWay)).toEqual({ ready: 1, waiting: 0, dead: 0, oldestReady: 3 });
    expect(await read(countTasks)).toMatchObject({ ready: 3, oldestReady: 1 });
    await settle({ task: taskIdFor(must(parsePosition(2)), kind), to: 'retry', notBefore: at(0), reason: 'internal' });
    expect(await read(underWay)).toEqual({ ready: 2, waiting: 0, dead: 0, oldestReady: 2 });
  });

  test('after a rebuild what waited for it is ready, and a task that belongs elsewhere has moved', async () => {
    const stale = await insert(1, ann, 'waiting', 'stale');
    const moved = await insert(2, ann);
    await insert(3, bea, 'waiting', 'asked');
    expect(await database.write((writing) => taskSink.releaseStale(writing))).toEqual([ann]);
    expect(await heads()).toEqual([stale]);
    const position = must(parsePosition(2));
    await database.write((writing) => taskSink.moveLane({ id: moved, lane: bea, kind: 'send', position }, writing));
    expect(await heads()).toEqual([stale, moved]);
    const range = { from: position, to: must(parsePosition(3)) };
    expect(await read((reading) => taskSink.planned(range, reading))).toEqual([
      { id: '2/send', lane: bea, kind: 'send', position: 2 },
      { id: '3/send', lane: bea, kind: 'send', position: 3 },
    ]);
  });
});
