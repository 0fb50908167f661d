import { describe, expect, test } from '@jest/globals';
import { failures, type FailureKind } from '../../../src/core/failures.ts';
import { must, parseMillis } from '../../../src/core/ids.ts';
import { allowedMs, isDue, LONGEST_MS, nextTry } from '../../../src/tasks/back-off.ts';

const at = (ms: number) => must(parseMillis(ms));
const HOUR = 3_600_000;

describe('back-off', () => {
  test.each([
    [0, 1000],
    [1, 2000],
    [5, 32_000],
    [6, 60_000],
    [40, 60_000],
  ])('after %i failures the wait is a random share of %i ms', (attempts, ceiling) => {
    const due = (random: number) => nextTry({ attempts }, { reason: 'internal', now: at(1000), random });
    expect(due(0)).toBe(1000);
    expect(due(0.5)).toBe(1000 + ceiling / 2);
    expect(due(0.999)).toBeLessThan(1000 + ceiling);
  });

  test('is never sooner than the peer asked for', () => {
    expect(nextTry({ attempts: 0 }, { reason: 'internal', now: at(0), random: 0.9, afterMs: 45_000 })).toBe(45_000);
  });

  test('ends when the failure has lasted as long as its row allows', () => {
    const task = { attempts: 60, failingSince: at(0) };
    const failure = (now: number) => ({ reason: 'homeserver-refused' as const, now: at(now), random: 0 });
    expect(nextTry(task, failure(HOUR - 1))).toBe(HOUR - 1);
    expect(nextTry(task, failure(HOUR))).toBeUndefined();
  });

  test('a process that was down has tried nothing: a few attempts are always made', () => {
    const task = { attempts: 1, failingSince: at(0) };
    expect(nextTry(task, { reason: 'internal', now: at(100 * HOUR), random: 0 })).toBe(100 * HOUR);
  });

  test('a clock that was set a day ahead ends no task before its time', () => {
    const task = { attempts: 9, failingSince: at(0) };
    const failure = (now: number) => ({ reason: 'internal' as const, now: at(now), random: 0 });
    expect(nextTry(task, failure(24 * HOUR))).toBe(24 * HOUR);
    expect(nextTry({ ...task, attempts: 10 }, failure(24 * HOUR))).toBeUndefined();
  });

  test('what its peer put off for long counts as long as it really waited', () => {
    const waited = { reason: 'provider-down' as const, now: at(24 * HOUR), random: 0, afterMs: 10 * 60_000 };
    expect(nextTry({ attempts: 143, failingSince: at(0) }, waited)).toBeDefined();
    expect(nextTry({ attempts: 144, failingSince: at(0) }, waited)).toBeUndefined();
  });

  test('no peer puts a task off for longer than a quarter of an hour', () => {
    const failure = { reason: 'internal' as const, now: at(0), random: 0, afterMs: 24 * HOUR };
    expect(nextTry({ attempts: 0 }, failure)).toBe(LONGEST_MS);
  });

  test('a clock that was set back parks nothing: what is due later than any back-off is due', () => {
    expect(isDue({ notBefore: at(1000) }, at(1000))).toBe(true);
    expect(isDue({ notBefore: at(1001) }, at(1000))).toBe(false);
    expect(isDue({ notBefore: at(1000 + LONGEST_MS) }, at(1000))).toBe(false);
    expect(isDue({ notBefore: at(1001 + LONGEST_MS) }, at(1000))).toBe(true);
  });

  test.each(Object.keys(failures).flatMap((kind) => (isKind(kind) ? [kind] : [])))(
    'the row of %s says how long',
    (kind) => {
      const { retry } = failures[kind];
      const next = nextTry({ attempts: 0 }, { reason: kind, now: at(0), random: 0.5 });
      expect(next === undefined).toBe(retry.how === 'never');
      expect(allowedMs(kind)).toBe(retry.how === 'backoff' ? retry.forMs : retry.how === 'gate' ? 24 * HOUR : 0);
    },
  );
});

function isKind(kind: string): kind is FailureKind {
  return kind in failures;
}
