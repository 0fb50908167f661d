import { expect, test } from '@jest/globals';
import { leftOf } from '../../../src/core/clock.ts';
import { must, parseMillis } from '../../../src/core/ids.ts';

const at = (ms: number) => must(parseMillis(ms));
const left = (now: number): number => leftOf(2_000, at(10_000), { now: () => at(now) });

test('what is left of a wait shrinks with time, and ends', () => {
  expect([left(10_000), left(10_500), left(12_000), left(99_000)]).toEqual([2_000, 1_500, 0, 0]);
});

test('a clock that was set back since makes no wait longer: it is over', () => {
  expect(left(9_999)).toBe(0);
});
