import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectorGate, must, parseConnectorId } from '../../../src/core/ids.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import type { Turn } from '../../../src/tasks/task.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { TaskJournal } from '../../support/task-journal.ts';

const [MINUTE, DAY] = [60_000, 86_400_000];
const gate = connectorGate(must(parseConnectorId('carrier')));
let clock: ManualClock;
let journal: TaskJournal;
let runner: TaskRunner;
let turns: Turn[];
let ran: number;

beforeEach(async () => {
  clock = new ManualClock();
  journal = await TaskJournal.open(clock);
  [turns, ran] = [[], 0];
  const run = (): Promise<Turn> => {
    ran += 1;
    return Promise.resolve(turns.shift() ?? { to: 'done' });
  };
  runner = createTaskRunner({
    ...{ journal, clock, log: new KeptLog(), metrics: new KeptMetrics(), parallel: 2, random: () => 0.5 },
    handlers: new Map([['send', { run }]]),
  });
  runner.start();
});

afterEach(async () => {
  await runner[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();
});

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    clock.advance(Math.min(left, 10_000));
    await runner.idle();
  }
}

test.each([DAY, -DAY])('a task in its back-off goes on within a minute when the clock is set by %i ms', async (ms) => {
  turns = [{ to: 'retry', reason: 'internal', afterMs: 30_000 }];
  await journal.plan('p1');
  await runner.idle();
  clock.jump(ms);
  await pass(MINUTE + 10_000);
  expect(ran).toBe(2);
});

test.each([DAY, -DAY])('a closed gate is probed in its time when the clock is set by %i ms', async (ms) => {
  turns = [{ to: 'gate', gate, reason: 'provider-down' }];
  await journal.plan('p1');
  await runner.idle();
  clock.jump(ms);
  await pass(MINUTE + 10_000);
  expect([ran, runner.isClosed(gate)]).toEqual([2, false]);
});

test('a task that keeps failing is not given up when the clock is set ahead', async () => {
  turns = Array.from({ length: 6 }, () => ({ to: 'retry', reason: 'internal', afterMs: 1_000 }));
  await journal.plan('p1');
  await runner.idle();
  await pass(10_000);
  clock.jump(DAY);
  await pass(5 * MINUTE);
  expect(ran).toBe(7);
  expect(journal.kinds()).not.toContain('task.dead');
});

test('what could run and does not is told, what a gate holds back is not', async () => {
  turns = [{ to: 'gate', gate, reason: 'provider-down' }];
  await journal.plan('p1');
  await runner.idle();
  expect(await runner.waiting(10)).toEqual([]);
  await runner[Symbol.asyncDispose]();
  await journal.plan('p2');
  expect((await runner.waiting(10)).map((task) => task.lane)).toEqual(['out:p2']);
});
