import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parsePosition, taskIdFor } from '../../../src/core/ids.ts';
import { taskWithId } from '../../../src/tasks/open-tasks.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import type { TaskHandler, Turn } from '../../../src/tasks/task.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { noticeOf, TaskJournal } from '../../support/task-journal.ts';

const done: Turn = { to: 'done' };
const idOf = (n: number) => taskIdFor(must(parsePosition(n)), 'send');

describe('a turn from which the journal takes nothing', () => {
  let clock: ManualClock;
  let journal: TaskJournal;
  let runner: TaskRunner;
  let log: KeptLog;
  /** The turns that were begun, and whether they were told that they may repeat. */
  let begun: [string, boolean][];
  let send: TaskHandler;

  const records: TaskHandler = async () => {
    await journal.append([noticeOf('', clock)]);
    return done;
  };

  beforeEach(async () => {
    clock = new ManualClock();
    journal = await TaskJournal.open(clock);
    begun = [];
    send = records;
    runner = make(4);
  });
  afterEach(async () => {
    journal.down = false;
    const stopped = runner.stop(1_000);
    clock.advance(1_000);
    await stopped;
    await journal[Symbol.asyncDispose]();
  });

  function make(parallel: number): TaskRunner {
    log = new KeptLog();
    const run: TaskHandler = (task, entry, context) => {
      begun.push([task.id, context.mayRepeat]);
      return send(task, entry, context);
    };
    const handlers = new Map([['send', { run }]]);
    return createTaskRunner({ journal, handlers, clock, log, metrics: new KeptMetrics(), parallel, random: () => 0.5 });
  }
  const taskOf = (n: number) => journal.views.read((reading) => taskWithId(reading, idOf(n)));
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise(setImmediate);
  }
  async function refuse(...lanes: readonly string[]): Promise<void> {
    for (const of of lanes) await journal.plan(of);
    journal.down = true;
    runner.start();
    await until(() => log.events().length > 0);
  }

  test('is played anew when there is room: no failure, no attempt, and told that it may repeat', async () => {
    send = (...given) => {
      journal.down ||= begun.length === 1;
      return records(...given);
    };
    runner.start();
    await runner.idle();
    await journal.plan('p1');
    for (let n = 1; n <= 4; n += 1) {
      await until(() => begun.length === n);
      expect(await taskOf(1)).toMatchObject({ state: 'ready', attempts: 0 });
      clock.advance(15_000);
    }
    journal.down = false;
    clock.advance(15_000);
    await runner.idle();
    expect(await taskOf(1)).toMatchObject({ state: 'done', attempts: 0 });
    expect(begun.map(([, mayRepeat]) => mayRepeat)).toEqual([false, ...begun.slice(1).map(() => true)]);
    expect(log.events()).toEqual(['task.journal-down', 'task.journal-up']);
  });

  test('is tried less and less often, and nothing new begins meanwhile', async () => {
    runner = make(1);
    await refuse('p1', 'p2');
    for (const [n, ms] of [250, 500, 1_000, 2_000].entries()) {
      await until(() => clock.nextAt !== undefined && begun.length === n + 1);
      expect((clock.nextAt ?? 0) - clock.now()).toBe(ms);
      clock.advance(ms);
      await until(() => begun.length === n + 2);
      await until(() => clock.timers === 1);
    }
    expect(new Set(begun.map(([task]) => task))).toEqual(new Set([idOf(1)]));
  });

  test('goes on at once when somebody else gets something on record', async () => {
    await refuse('p1', 'p2');
    await until(() => begun.length === 2);
    journal.down = false;
    await journal.append([noticeOf('', clock)]);
    await runner.idle();
    expect([(await taskOf(1))?.state, (await taskOf(2))?.state]).toEqual(['done', 'done']);
  });

  test('and that then asks nothing of it leaves others to try', async () => {
    runner = make(1);
    send = (task, ...rest) =>
      begun.length > 1 && task.id === idOf(1)
        ? Promise.resolve({ to: 'aside', until: new Promise(() => undefined) })
        : records(task, ...rest);
    await refuse('p1', 'p2');
    clock.advance(250);
    await until(() => begun.length === 3);
    expect(begun.map(([task]) => task)).toEqual([idOf(1), idOf(1), idOf(2)]);
    journal.down = false;
    clock.advance(15_000);
    await runner.idle();
    expect(await taskOf(2)).toMatchObject({ state: 'done', attempts: 0 });
    expect(log.events()).toEqual(['task.journal-down', 'task.journal-up']);
  });

  test('is given up when the process is told to stop, and the next one does it', async () => {
    await refuse('p1');
    const stopped = runner.stop(1_000);
    clock.advance(1_000);
    await stopped;
    expect(await taskOf(1)).toMatchObject({ state: 'ready', attempts: 0 });
    journal.down = false;
    runner = make(1);
    runner.start();
    await runner.idle();
    expect(await taskOf(1)).toMatchObject({ state: 'done', attempts: 0 });
  });
});
