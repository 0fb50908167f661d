import { describe, expect, test } from '@jest/globals';
import type { Asked, Outcome } from '../../../../src/policy/thread/job.ts';
import type { FromScanner } from '../../../../src/policy/thread/protocol.ts';
import type { Answering } from '../../../../src/policy/thread/scanner-thread.ts';
import { ThreadLane, type LaneOptions } from '../../../../src/policy/thread/thread-lane.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const SECOND = 1_000;
const answer: FromScanner = { type: 'text', text: { ok: true, texts: [], cut: false } };

/** Answers when the test says so. */
class HandThread implements Answering {
  readonly broken = undefined;
  readonly #gone = Promise.withResolvers<undefined>();
  #asked: PromiseWithResolvers<FromScanner> | undefined;
  asked = 0;
  ended = false;

  get gone(): Promise<undefined> {
    return this.#gone.promise;
  }

  ask(): Promise<FromScanner> {
    this.asked += 1;
    this.#asked = Promise.withResolvers();
    return this.#asked.promise;
  }

  answer(): void {
    this.#asked?.resolve(answer);
  }

  end(): Promise<void> {
    this.ended = true;
    this.#asked?.reject(new Error('ended'));
    this.#gone.resolve(undefined);
    return Promise.resolve();
  }
}

class Ground {
  readonly clock = new ManualClock();
  readonly threads: HandThread[] = [];
  readonly told: string[] = [];
  starts = 0;
  broken = false;
  readonly lane: ThreadLane;

  constructor(more: Partial<LaneOptions> = {}) {
    this.lane = new ThreadLane({
      clock: this.clock,
      start: () => {
        this.starts += 1;
        return this.broken ? Promise.reject(new Error('no thread')) : Promise.resolve(this.thread());
      },
      keepReady: true,
      limits: { jobs: 10, weight: 10 },
      lost: (why) => this.told.push(`lost: ${why}`),
      notStarted: () => this.told.push('not started'),
      waiting: () => undefined,
      ...more,
    });
  }

  thread(): HandThread {
    const thread = new HandThread();
    this.threads.push(thread);
    return thread;
  }

  run(deadlineMs = SECOND, more: Partial<Asked> = {}): Promise<Outcome> {
    const message = { type: 'read', file: { type: 'text/plain', bytes: new Uint8Array(0) } } as const;
    return this.lane.run({ question: () => ({ message }), weight: 1, deadlineMs, ...more });
  }

  /** Time passes, and whatever follows from it is done. */
  async pass(ms = 0): Promise<void> {
    this.clock.advance(ms);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a lane with a thread', () => {
  test('takes an answer that came in time though the loop looked late', async () => {
    const ground = new Ground();
    const job = ground.run();
    await ground.pass();
    ground.clock.advance(5 * SECOND);
    ground.threads[0]?.answer();
    expect(await job).toEqual({ answer });
    await ground.pass();
    expect(ground.told).toEqual([]);
    expect(ground.clock.timers).toBe(0);
  });

  test('begins threads that are of no use ever later, and at last once a minute', async () => {
    const ground = new Ground();
    ground.broken = true;
    const job = ground.run(600 * SECOND);
    const begun: number[] = [];
    for (let second = 0; second < 200; second += 1) {
      const before = ground.starts;
      await ground.pass(second === 0 ? 0 : SECOND);
      if (ground.starts > before || second === 0) begun.push(second);
    }
    expect(begun).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    ground.broken = false;
    await ground.pass(60 * SECOND);
    ground.threads[0]?.answer();
    expect(await job).toEqual({ answer });
  });

  test('waits before it replaces one that ended while it had nothing to do', async () => {
    const ground = new Ground();
    const job = ground.run();
    await ground.pass();
    ground.threads[0]?.answer();
    await job;
    await ground.threads[0]?.end();
    await ground.pass();
    expect([ground.starts, ground.told]).toEqual([1, ['lost: crashed']]);
    await ground.pass(SECOND);
    expect(ground.starts).toBe(2);
  });

  test('replaces at once one that a job ended, and tells whose cost it was', async () => {
    const ground = new Ground();
    const costs: string[] = [];
    const bad = ground.run(SECOND, { cost: () => costs.push('bad') });
    const good = ground.run(10 * SECOND, { cost: () => costs.push('good') });
    await ground.pass();
    await ground.pass(SECOND);
    expect(await bad).toEqual({ failed: 'took-too-long' });
    expect(ground.threads.map(({ ended }) => ended)).toEqual([true, false]);
    ground.threads[1]?.answer();
    expect([await good, costs, ground.starts]).toEqual([{ answer }, ['bad'], 2]);
  });

  test('without need of one begins it with the first job, and again with the next', async () => {
    const ground = new Ground({ keepReady: false });
    await ground.pass(SECOND);
    expect(ground.starts).toBe(0);
    const job = ground.run();
    await ground.pass();
    await ground.pass(SECOND);
    expect([await job, ground.starts]).toEqual([{ failed: 'took-too-long' }, 1]);
    await ground.pass(60 * SECOND);
    expect(ground.starts).toBe(1);
    const next = ground.run();
    await ground.pass();
    ground.threads[1]?.answer();
    expect([await next, ground.starts]).toEqual([{ answer }, 2]);
  });

  test('that was begun for the rules of before is not used after a swap', async () => {
    const late = Promise.withResolvers<Answering>();
    const ground = new Ground({ start: () => late.promise });
    const job = ground.run(10 * SECOND);
    const swapped = ground.thread();
    let taken = 0;
    expect(await ground.lane.swapTo(swapped, () => (taken += 1))).toBe(true);
    const old = ground.thread();
    late.resolve(old);
    await ground.pass();
    expect([taken, old.ended, old.asked, swapped.asked]).toEqual([1, true, 0, 1]);
    swapped.answer();
    expect(await job).toEqual({ answer });
  });

  test('asks a question that cannot be put once, and goes on', async () => {
    const ground = new Ground();
    const question = (): never => {
      throw new Error('cannot be copied');
    };
    expect(await ground.run(SECOND, { question })).toEqual({ failed: 'crashed' });
    const next = ground.run();
    await ground.pass();
    ground.threads[1]?.answer();
    expect(await next).toEqual({ answer });
  });

  test('answers those that wait for a thread when it is closed, and ends the one that comes too late', async () => {
    const late = Promise.withResolvers<Answering>();
    const ground = new Ground({ start: () => late.promise });
    const jobs = [ground.run(), ground.run()];
    ground.lane.close();
    const thread = ground.thread();
    late.resolve(thread);
    expect(await Promise.all(jobs)).toEqual(jobs.map(() => ({ failed: 'not-ready' })));
    await ground.pass(SECOND);
    expect([thread.ended, thread.asked, ground.clock.timers]).toEqual([true, 0, 0]);
  });

  test('answers all when it is closed, and lets no timer go on', async () => {
    const ground = new Ground();
    const jobs = [ground.run(), ground.run(), ground.run(SECOND, { patient: true })];
    await ground.pass();
    const swapping = ground.lane.swapTo(ground.thread(), () => undefined);
    ground.lane.close();
    expect([...(await Promise.all(jobs)), await swapping]).toEqual([
      ...jobs.map(() => ({ failed: 'not-ready' })),
      ...[false],
    ]);
    expect(await ground.run()).toEqual({ failed: 'not-ready' });
    expect(await ground.lane.swapTo(ground.thread(), () => undefined)).toBe(false);
    expect([ground.clock.timers, ground.told]).toEqual([0, []]);
  });
});
