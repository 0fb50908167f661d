import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FailureKind } from '../../../src/core/failures.ts';
import { connectorGate, must, parseConnectorId } from '../../../src/core/ids.ts';
import { countTasks, tasksStanding } from '../../../src/tasks/open-tasks.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import type { Task, TaskKind, Turn } from '../../../src/tasks/task.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { TaskJournal } from '../../support/task-journal.ts';

const carrier = connectorGate(must(parseConnectorId('carrier')));

/** What a handler does each time it is called with one task. */
const act = fc.constantFrom('done', 'throw', 'retry', 'gate', 'dead', 'hang');
type Act = 'done' | 'throw' | 'retry' | 'gate' | 'dead' | 'hang';
/** What happens from outside. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('plan' as const), lane: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'open' as const, 'disk' as const) }) },
);
type Step = { do: 'plan'; lane: number } | { do: 'pass'; ms: number } | { do: 'crash' | 'open' | 'disk' };

/** One history: a journal that lives through it, runners that come and go. */
class History {
  readonly clock = new ManualClock();
  readonly log = new KeptLog();
  readonly ends: { lane: string; position: number }[] = [];
  readonly planned: string[] = [];
  #running = new Set<string>();
  readonly #acts: readonly Act[];
  #calls = 0;
  readonly journal: TaskJournal;
  runner: TaskRunner;

  constructor(journal: TaskJournal, acts: readonly Act[]) {
    this.journal = journal;
    this.#acts = acts;
    this.runner = this.#make();
  }

  #make(): TaskRunner {
    this.#running = new Set();
    const running = this.#running;
    const run: TaskKind['run'] = (task, _entry, { signal }) => {
      expect(running.has(task.lane)).toBe(false);
      running.add(task.lane);
      return this.#act(task, signal).finally(() => running.delete(task.lane));
    };
    const { journal, clock, log } = this;
    const handlers = new Map<string, TaskKind>([['send', { run }]]);
    const made = createTaskRunner({
      journal,
      handlers,
      clock,
      log,
      metrics: new KeptMetrics(),
      parallel: 2,
      random: () => 0.5,
    });
    made.start();
    return made;
  }

  async #act(task: Task, signal: AbortSignal): Promise<Turn> {
    this.#calls += 1;
    const chosen = this.#acts[this.#calls % this.#acts.length] ?? 'done';
    await new Promise(setImmediate);
    const retry: FailureKind = 'homeserver-refused';
    switch (chosen) {
      case 'throw':
        throw new Error('thrown');
      case 'retry':
        return { to: 'retry', reason: retry };
      case 'gate':
        return { to: 'gate', gate: carrier, reason: 'provider-down' };
      case 'hang':
        await new Promise((resolve) => {
          const cancel = this.clock.after(20_000, () => {
            resolve(undefined);
          });
          signal.addEventListener('abort', () => {
            cancel();
            resolve(undefined);
          });
        });
        break;
      case 'dead':
        this.ends.push(task);
        return { to: 'dead', reason: 'rejected' };
      case 'done':
    }
    this.ends.push(task);
    return { to: 'done' };
  }

  async take(given: Step): Promise<void> {
    switch (given.do) {
      case 'plan':
        this.journal.down = false;
        this.planned.push(`${await this.journal.plan(`p${given.lane}`)}`);
        break;
      case 'pass':
        this.clock.advance(given.ms);
        break;
      case 'open':
        this.runner.openGate(carrier);
        break;
      case 'disk':
        this.journal.down = !this.journal.down;
        break;
      case 'crash':
        await this.crash();
    }
    for (let n = 0; n < 5; n += 1) await new Promise(setImmediate);
  }

  /** The runner is dropped as it stands; another begins on the same tables. */
  async crash(): Promise<void> {
    const stopped = this.runner.stop(0);
    this.clock.advance(1);
    await stopped;
    const old = this.journal.down;
    this.journal.down = true;
    for (let n = 0; n < 20; n += 1) await new Promise(setImmediate);
    this.journal.down = old;
    this.runner = this.#make();
  }

  async settle(): Promise<void> {
    this.journal.down = false;
    for (let n = 0; n < 400; n += 1) {
      const open = await this.journal.views.read(countTasks);
      if (open.ready === 0) return;
      this.clock.advance(60_000);
      for (let m = 0; m < 10; m += 1) await new Promise(setImmediate);
    }
  }
}

describe('tasks, whatever their handlers do and however often the process ends', () => {
  test('each ends done or dead, those of a lane in order, and never two of a lane at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.array(act, { minLength: 1, maxLength: 12 }).filter((acts) => acts.includes('done')),
        async (steps, acts) => {
          const clock = new ManualClock();
          const journal = await TaskJournal.open(clock);
          const history = new History(journal, acts);
          for (const given of steps) await history.take(given);
          await history.settle();
          await expectAllEnded(history);
          await history.crash();
          await history.runner.stop(0);
          await journal[Symbol.asyncDispose]();
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function expectAllEnded({ journal, ends, planned, runner }: History): Promise<void> {
  expect(await journal.views.read(countTasks)).toMatchObject({ ready: 0, waiting: 0 });
  const dead = await journal.views.read((reading) => tasksStanding(reading, { state: 'dead', after: 0, limit: 100 }));
  const ended = new Set([...ends.map((end) => end.position), ...dead.map((task) => task.position)]);
  expect([...ended].sort((a, b) => a - b).map(String)).toEqual(planned);
  for (const of of new Set(ends.map((end) => end.lane))) {
    const positions = ends.filter((end) => end.lane === of).map((end) => end.position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  }
  const deadEntries = journal.entries.filter((entry) => entry.kind === 'task.dead');
  expect(deadEntries).toHaveLength(dead.length);
  expect(runner.gates().filter((gate) => gate.parked > 0)).toEqual([]);
}
