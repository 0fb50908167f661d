import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { lane, must, parseMillis, parsePosition, parseTaskId } from '../../../src/core/ids.ts';
import type { Reading } from '../../../src/storage/database.ts';
import type { Statement } from '../../../src/storage/statement.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
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

const now = must(parseMillis(1_000));
const step = z.object({ detail: z.string() });

let db: Sqlite.Database;
let plans: string[];

beforeEach(() => {
  db = new Sqlite(':memory:');
  for (const text of taskSink.schema('sqlite')) db.exec(text);
  plans = [];
});
afterEach(() => {
  db.close();
});

/** Notes how SQLite goes about each statement, and finds nothing. */
const reading: Reading = {
  dialect: 'sqlite',
  all: (statement) => {
    note(statement);
    return Promise.resolve([]);
  },
  get: (statement) => {
    note(statement);
    return Promise.resolve(undefined);
  },
};

function note(statement: Pick<Statement<never, never>, 'compiled'>): void {
  const { sql, slots } = statement.compiled('sqlite');
  const rows = db.prepare(`explain query plan ${sql}`).all(...slots.map(() => 1));
  plans.push(rows.map((row) => step.parse(row).detail).join('; '));
}

test.each([
  ['the next page of a walk', () => dueHeads(reading, { now, after: { position: 7, id: '7/send' }, limit: 64 })],
  ['what has become due', () => headsDueBetween(reading, { from: now, to: now, limit: 500 })],
  ['when something becomes due', () => nextDue(reading, now)],
  ['the first task of a lane', () => headOf(reading, lane('out', 'p1'))],
  ['one task', () => taskWithId(reading, must(parseTaskId('1/send')))],
  ['what waits for a person', () => tasksStanding(reading, { state: 'dead', after: must(parsePosition(5)), limit: 9 })],
])('%s is found by an index, however many tasks wait and however many are done', async (_what, ask) => {
  await ask();
  expect(plans).toHaveLength(1);
  expect(plans[0]).toMatch(/^SEARCH task USING (?:COVERING )?INDEX \S+ \(\S+/u);
  expect(plans[0]).not.toMatch(/TEMP B-TREE|SCAN/u);
});

test('counting walks only over what is open', async () => {
  await countTasks(reading);
  await taskCounting(['policy.expire', 'policy.remind'])(reading);
  for (const plan of plans) expect(plan).toMatch(/USING (?:COVERING )?INDEX task_(?:lane|head|dead|waiting)/u);
});
