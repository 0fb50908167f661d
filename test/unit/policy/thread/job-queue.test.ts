import { describe, expect, test } from '@jest/globals';
import { JobQueue } from '../../../../src/policy/thread/job-queue.ts';
import { scannerLimits } from '../../../../src/policy/thread/limits.ts';

const job = (weight = 1) => ({ weight });

describe('the queue of jobs', () => {
  test('gives them in the order in which they came', () => {
    const queue = new JobQueue(scannerLimits.messages);
    const jobs = [job(), job(), job()];
    expect(jobs.map((one) => queue.add(one))).toEqual([true, true, true]);
    expect([queue.take(), queue.take(), queue.take()].map((one) => jobs.findIndex((job) => job === one))).toEqual([
      0, 1, 2,
    ]);
    expect(queue.take()).toBeUndefined();
  });

  test.each([
    ['messages', scannerLimits.messages],
    ['files', scannerLimits.files],
  ])('of %s takes so many and no more', (_what, limits) => {
    const queue = new JobQueue(limits);
    for (let n = 0; n < limits.jobs; n += 1) expect(queue.add(job())).toBe(true);
    expect(queue.add(job())).toBe(false);
    expect(queue.size).toBe(limits.jobs);
    queue.take();
    expect(queue.add(job())).toBe(true);
  });

  test.each([
    ['messages', scannerLimits.messages],
    ['files', scannerLimits.files],
  ])('of %s takes so much and no more', (_what, limits) => {
    const queue = new JobQueue(limits);
    const half = job(limits.weight / 2);
    expect([queue.add(half), queue.add(job(limits.weight / 2)), queue.add(job())]).toEqual([true, true, false]);
    expect(queue.remove(half)).toBe(true);
    expect(queue.add(job())).toBe(true);
  });

  test('takes a job that is too heavy by itself when nothing else waits, so that it gets its answer', () => {
    const queue = new JobQueue({ jobs: 10, weight: 100 });
    expect(queue.add(job(101))).toBe(true);
    expect(queue.add(job(1))).toBe(false);
  });

  test('counts what was taken out once', () => {
    const queue = new JobQueue({ jobs: 10, weight: 10 });
    const one = job(10);
    queue.add(one);
    expect([queue.remove(one), queue.remove(one), queue.take()]).toEqual([true, false, undefined]);
    expect([queue.add(job(10)), queue.add(job(1))]).toEqual([true, false]);
  });
});
