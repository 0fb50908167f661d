import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectorGate, lane, must, parseConnectorId, parsePosition, taskIdFor } from '../../../src/core/ids.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import { tasksStanding, taskWithId } from '../../../src/tasks/open-tasks.ts';
import type { DeadHandler, Task, TaskHandler, TaskKind, Turn, TurnContext } from '../../../src/tasks/task.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { noticeOf, TaskJournal } from '../../support/task-journal.ts';

const carrier = connectorGate(must(parseConnectorId('carrier')));
const done: Turn = { to: 'done' };
const idOf = (n: number) => taskIdFor(must(parsePosition(n)), 'send');
const shut: Turn = { to: 'gate', gate: carrier, reason: 'provider-down' };

describe('the task runner', () => {
  let clock: ManualClock;
  let journal: TaskJournal;
  let runner: TaskRunner;
  let log: KeptLog;
  let ran: string[];
  let send: TaskHandler;
  let dead: DeadHandler | undefined;

  beforeEach(async () => {
    clock = new ManualClock();
    journal = await TaskJournal.open(clock);
    ran = [];
    dead = undefined;
    send = () => Promise.resolve(done);
    runner = make();
  });
  afterEach(async () => {
    await runner.stop(0);
    await journal[Symbol.asyncDispose]();
  });

  function make(parallel = 4): TaskRunner {
    log = new KeptLog();
    const run: TaskHandler = (task, entry, context) => {
      ran.push(`${task.lane} ${task.id}`);
      return send(task, entry, context);
    };
    const handlers = new Map<string, TaskKind>([
      ['send', { run, dead: (task, entry, reason) => dead?.(task, entry, reason) ?? none() }],
    ]);
    const metrics = new KeptMetrics();
    return createTaskRunner({ journal, handlers, clock, log, metrics, parallel, random: () => 0.5, slowMs: 5000 });
  }
  const none = () => Promise.resolve([]);
  const taskOf = (n: number) => journal.views.read((reading) => taskWithId(reading, idOf(n)));
  const stateOf = async (id: Task['id']) => (await journal.views.read((reading) => taskWithId(reading, id)))?.state;
  const standing = () => journal.views.read((reading) => tasksStanding(reading, { state: 'dead', after: 0, limit: 9 }));
  const advance = async (ms: number) => {
    clock.advance(ms);
    await runner.idle();
  };

  test('runs what was on disk before it started, and what is committed later, in order in each lane', async () => {
    await journal.plan('p1');
    await journal.plan('p2');
    await journal.plan('p1');
    runner.start();
    await runner.idle();
    await journal.plan('p1');
    await runner.idle();
    expect(ran.filter((line) => line.startsWith('out:p1'))).toEqual([
      'out:p1 1/send',
      'out:p1 3/send',
      'out:p1 4/send',
    ]);
    expect(ran).toHaveLength(4);
    expect(await runner.summary()).toEqual({ ready: 0, waiting: 0, dead: 0, oldestReadyMs: 0 });
  });

  test('does not tell of what only waits for a time of its own as being under way', async () => {
    const kind = { run: (): Promise<Turn> => Promise.resolve({ to: 'aside', until: new Promise(() => undefined) }) };
    await journal.plan('p1');
    const counting = (patient: TaskKind) =>
      createTaskRunner({
        ...{ journal, clock, log, metrics: new KeptMetrics(), parallel: 4, random: () => 0.5 },
        handlers: new Map([['send', patient]]),
      });
    const [plain, patient] = [counting(kind), counting({ ...kind, patient: true })];
    clock.advance(61_000);
    expect(await plain.summary()).toMatchObject({ ready: 1, oldestReadyMs: 61_000 });
    expect(await patient.summary()).toMatchObject({ ready: 0, oldestReadyMs: 0 });
    await Promise.all([plain.stop(0), patient.stop(0)]);
  });

  test('never runs two tasks of a lane at once, and no more lanes than allowed', async () => {
    const running = new Set<string>();
    let most = 0;
    send = async (task) => {
      expect(running.has(task.lane)).toBe(false);
      running.add(task.lane);
      most = Math.max(most, running.size);
      await new Promise(setImmediate);
      running.delete(task.lane);
      return done;
    };
    for (let n = 0; n < 60; n += 1) await journal.plan(`p${n % 12}`);
    runner.start();
    await runner.idle();
    expect(ran).toHaveLength(60);
    expect(most).toBe(4);
    expect(log.events()).toEqual([]);
  });

  test('the entries of a turn and the end of its task are one commit', async () => {
    send = () => Promise.resolve({ to: 'done', entries: [noticeOf('', clock)] });
    const position = await journal.plan('p1');
    runner.start();
    await runner.idle();
    expect(journal.entries).toHaveLength(2);
    expect(await stateOf(idOf(position))).toBe('done');
  });

  test('tells a handler that an earlier process may have run its task, and that a new task is new', async () => {
    const seen: [string, boolean][] = [];
    send = (task, _entry, context) => {
      seen.push([task.id, context.mayRepeat]);
      return Promise.resolve(done);
    };
    await journal.plan('p1');
    runner.start();
    await runner.idle();
    await journal.plan('p1');
    await runner.idle();
    expect(seen).toEqual([
      ['1/send', true],
      ['2/send', false],
    ]);
  });

  test('says of what stood behind the first task of its lane that no process has begun it', async () => {
    const seen: [string, boolean][] = [];
    send = (task, _entry, context) => {
      seen.push([task.id, context.mayRepeat]);
      return Promise.resolve(done);
    };
    for (const portal of ['p1', 'p1', 'p2', 'p1']) await journal.plan(portal);
    runner.start();
    await runner.idle();
    expect(new Map(seen)).toEqual(
      new Map([
        ['1/send', true],
        ['2/send', false],
        ['3/send', true],
        ['4/send', false],
      ]),
    );
  });

  test('a handler that throws is tried again with back-off and told that it may repeat, and holds back only its lane', async () => {
    const repeats: boolean[] = [];
    send = (task, _entry, context) => {
      if (task.lane !== lane('out', 'p1')) return Promise.resolve(done);
      repeats.push(context.mayRepeat);
      return repeats.length < 3 ? Promise.reject(new Error('boom')) : Promise.resolve(done);
    };
    runner.start();
    await runner.idle();
    await journal.plan('p1');
    await journal.plan('p1');
    await journal.plan('p2');
    await runner.idle();
    expect(ran).toEqual(['out:p1 1/send', 'out:p2 3/send']);
    await advance(499);
    expect(ran).toHaveLength(2);
    await advance(1);
    await advance(1000);
    expect(ran.slice(2)).toEqual(['out:p1 1/send', 'out:p1 1/send', 'out:p1 2/send']);
    expect(repeats).toEqual([false, true, true, false]);
    expect(log.events()).toEqual(['task.failed', 'task.failed']);
  });

  test('a poisoned task ends dead after its time, on record and told, and its lane goes on', async () => {
    send = (task) => (task.position === 1 ? Promise.reject(new Error('poison')) : Promise.resolve(done));
    dead = () => Promise.resolve([noticeOf('', clock)]);
    await journal.plan('p1');
    await journal.plan('p1');
    runner.start();
    await runner.idle();
    for (let n = 0; n < 40; n += 1) await advance(60_000);
    expect(journal.kinds()).toEqual(['staff.notice', 'staff.notice', 'staff.notice', 'task.dead']);
    expect(journal.entries[3]?.body).toEqual({ task: '1/send', of: 1, reason: 'internal' });
    expect(await standing()).toMatchObject([{ id: '1/send', reason: 'internal' }]);
    expect(ran.at(-1)).toBe('out:p1 2/send');
  });

  test('a person brings a dead task back', async () => {
    let fails = true;
    send = () => Promise.resolve(fails ? { to: 'dead', reason: 'rejected' } : done);
    await journal.plan('p1');
    runner.start();
    await runner.idle();
    const [task] = await standing();
    fails = false;
    await journal.append([], task === undefined ? {} : { settle: [{ task: task.id, to: 'again' }] });
    await runner.idle();
    expect(ran).toHaveLength(2);
    expect(await standing()).toEqual([]);
  });

  test('a task of a kind that nobody handles does not stop the others', async () => {
    await journal.plan('p1 unknown');
    await journal.plan('p2');
    runner.start();
    await runner.idle();
    expect(ran).toEqual(['out:p2 2/send']);
    expect(log.lines[0]?.error).toEqual(new Error('no handler for tasks of kind unknown'));
  });

  describe('behind a gate', () => {
    let down: boolean;
    let asked: number;

    beforeEach(() => {
      down = true;
      asked = 0;
      send = (_task, _entry, context) => {
        if (context.closed?.(carrier) === true) return Promise.resolve(shut);
        asked += 1;
        return Promise.resolve(down ? shut : done);
      };
    });

    test('one lane in thirty seconds asks the provider, however many wait, without attempts or further timers', async () => {
      runner = make(1);
      for (let n = 0; n < 30; n += 1) await journal.plan(`p${n}`);
      runner.start();
      await runner.idle();
      expect(asked).toBe(1);
      expect(clock.timers).toBe(1);
      await advance(29_999);
      expect(asked).toBe(1);
      await advance(1);
      expect(asked).toBe(2);
      expect(runner.gates()).toMatchObject([{ gate: carrier, reason: 'provider-down', parked: 30 }]);
      expect((await taskOf(1))?.attempts).toBe(0);
    });

    test('when a probe gets through all lanes go on, oldest first, and the gate is on record once each way', async () => {
      runner = make(1);
      for (const p of ['p3', 'p1', 'p2']) await journal.plan(p);
      runner.start();
      await runner.idle();
      ran = [];
      down = false;
      await advance(30_000);
      expect(ran.map((line) => line.split(' ')[1])).toEqual(['1/send', '2/send', '3/send']);
      expect(runner.gates()).toEqual([]);
      const changes = journal.entries.filter((entry) => entry.kind === 'gate.changed');
      expect(changes.map((entry) => entry.body)).toEqual([
        { gate: carrier, open: false, reason: 'provider-down' },
        { gate: carrier, open: true, reason: 'opened' },
      ]);
    });

    test('its owner opens it at once', async () => {
      await journal.plan('p1');
      runner.start();
      await runner.idle();
      down = false;
      runner.openGate(carrier);
      await runner.idle();
      expect(asked).toBe(2);
      expect(runner.isClosed(carrier)).toBe(false);
    });

    test('closed by its owner nobody asks until the owner opens it', async () => {
      runner.closeGate(carrier, 'bad-credentials', 'password rejected');
      await journal.plan('p1');
      runner.start();
      await runner.idle();
      await advance(3_600_000);
      expect(asked).toBe(0);
      expect(runner.gates()).toMatchObject([{ reason: 'bad-credentials', detail: 'password rejected', parked: 1 }]);
      down = false;
      runner.openGate(carrier);
      await runner.idle();
      expect(asked).toBe(1);
    });

    test('a lane whose waiting task is settled by somebody else goes on with its next one', async () => {
      await journal.plan('p1');
      await journal.plan('p1');
      runner.start();
      await runner.idle();
      const before = ran.length;
      await journal.append([], { settle: [{ task: idOf(1), to: 'done' }] });
      await runner.idle();
      expect(ran.slice(before)).toEqual(['out:p1 2/send']);
    });

    test('other lanes are not held back', async () => {
      const gated = send;
      send = (task, entry, context: TurnContext) =>
        task.lane === lane('out', 'p1') ? gated(task, entry, context) : Promise.resolve(done);
      await journal.plan('p1');
      await journal.plan('p2');
      runner.start();
      await runner.idle();
      expect(await stateOf(idOf(2))).toBe('done');
    });
  });

  describe('while the journal can not be written', () => {
    test('the outcome is kept and recorded later, the action is not done again, and nothing new begins', async () => {
      send = () => {
        journal.down = true;
        return Promise.resolve(done);
      };
      runner = make(1);
      await journal.plan('p1');
      await journal.plan('p2');
      runner.start();
      while (!log.events().includes('task.journal-down')) await new Promise(setImmediate);
      for (let n = 0; n < 5; n += 1) {
        clock.advance(15_000);
        await new Promise(setImmediate);
      }
      expect(ran).toEqual(['out:p1 1/send']);
      send = () => Promise.resolve(done);
      journal.down = false;
      clock.advance(15_000);
      await runner.idle();
      expect(ran).toEqual(['out:p1 1/send', 'out:p2 2/send']);
      expect(log.events()).toEqual(['task.journal-down', 'task.journal-up']);
      expect(await stateOf(idOf(1))).toBe('done');
    });

    test('stopping gives up by its deadline, and the next process is told that the task may repeat', async () => {
      const repeats: boolean[] = [];
      send = (_task, _entry, context) => {
        repeats.push(context.mayRepeat);
        journal.down = repeats.length === 1;
        return Promise.resolve(done);
      };
      runner.start();
      await runner.idle();
      await journal.plan('p1');
      while (!log.events().includes('task.journal-down')) await new Promise(setImmediate);
      const stopped = runner.stop(1000);
      clock.advance(1000);
      await stopped;
      journal.down = false;
      runner = make();
      runner.start();
      await runner.idle();
      expect(repeats).toEqual([false, true]);
    });
  });

  test('entries that fit no schema fail their task and no other', async () => {
    send = (task) => Promise.resolve(task.position === 1 ? { to: 'done', entries: [noticeOf('unfit', clock)] } : done);
    journal.refuse = (drafts) => drafts.some((d) => d.kind === 'staff.notice' && d.body.notice === 'unfit');
    await journal.plan('p1');
    await journal.plan('p2');
    runner.start();
    await runner.idle();
    expect(await taskOf(1)).toMatchObject({ state: 'ready', attempts: 1, reason: 'internal' });
    expect(await stateOf(idOf(2))).toBe('done');
    expect(log.events()).toEqual(['task.unrecordable']);
  });

  test('a turn that hangs is logged and lends its place to other lanes', async () => {
    let release: () => void = () => undefined;
    send = (task) =>
      task.position === 1
        ? new Promise((resolve) => {
            release = () => {
              resolve(done);
            };
          })
        : Promise.resolve(done);
    runner = make(1);
    await journal.plan('p1');
    await journal.plan('p2');
    runner.start();
    while (ran.length === 0) await new Promise(setImmediate);
    clock.advance(5000);
    while (ran.length === 1) await new Promise(setImmediate);
    expect(log.events()).toEqual(['task.slow']);
    release();
    await runner.idle();
    expect(await stateOf(idOf(1))).toBe('done');
  });

  test('stopping lets a running turn finish and begins no other', async () => {
    send = async () => {
      await new Promise(setImmediate);
      return done;
    };
    runner = make(1);
    await journal.plan('p1');
    await journal.plan('p2');
    runner.start();
    while (ran.length === 0) await new Promise(setImmediate);
    await runner.stop(1000);
    expect(ran).toHaveLength(1);
    expect(await stateOf(idOf(1))).toBe('done');
    expect(await stateOf(idOf(2))).toBe('ready');
    expect(clock.timers).toBe(0);
  });

  test('a table that can not be read for a moment is read again', async () => {
    await journal.plan('p1');
    const size = journal.size.bind(journal);
    let failures = 1;
    journal.size = () => {
      failures -= 1;
      return failures < 0 ? size() : Promise.reject(new Error('locked'));
    };
    runner.start();
    while (clock.timers === 0) await new Promise(setImmediate);
    await advance(1000);
    expect(ran).toEqual(['out:p1 1/send']);
    expect(log.events()).toEqual(['task.read-failed']);
  });
});
