import { describe, expect, test } from '@jest/globals';

import { count, isSame, noTally, precision, recall, wilson } from '../../../accuracy/tally.ts';

describe('counting what was found', () => {
  test('a finding that shares half of what both cover is the label', () => {
    expect(isSame({ start: 0, end: 10 }, { start: 5, end: 10 })).toBe(true);
    expect(isSame({ start: 0, end: 10 }, { start: 6, end: 10 })).toBe(false);
    expect(isSame({ start: 0, end: 4 }, { start: 4, end: 8 })).toBe(false);
  });

  test('a label is found once: a second finding of it is wrong', () => {
    const tally = noTally();
    count(
      tally,
      [{ start: 0, end: 16 }],
      [
        { start: 0, end: 16 },
        { start: 1, end: 16 },
      ],
    );
    expect(tally).toEqual({ found: 1, wrong: 1, missed: 0 });
  });

  test('what nobody found is missed, what nobody labelled is wrong', () => {
    const tally = noTally();
    count(tally, [{ start: 0, end: 9 }], [{ start: 20, end: 29 }]);
    expect(tally).toEqual({ found: 0, wrong: 1, missed: 1 });
  });

  test('precision counts the wrong ones, recall the missed ones', () => {
    const tally = { found: 8, wrong: 2, missed: 8 };
    expect(precision(tally).share).toBe(0.8);
    expect(recall(tally).share).toBe(0.5);
  });
});

describe('the interval of a share', () => {
  test('is that of Wilson: 9 of 10 lie between 59.6 and 98.2 percent', () => {
    const { low, high } = wilson(9, 10);
    expect(low).toBeCloseTo(0.5958, 3);
    expect(high).toBeCloseTo(0.9821, 3);
  });

  test('all of few is not certainty', () => {
    expect(wilson(3, 3).low).toBeLessThan(0.5);
    expect(wilson(3, 3).high).toBe(1);
  });

  test('of nothing there is no share, and anything is possible', () => {
    expect(wilson(0, 0)).toEqual({ share: Number.NaN, low: 0, high: 1 });
  });
});
