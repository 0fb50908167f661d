import { describe, expect, test } from '@jest/globals';
import { BatchSize } from '../../../../src/retention/run/batch-size.ts';

/** After `n` batches, of which each record takes `each` milliseconds. */
function after(n: number, { each, others, size = new BatchSize() }: Given): BatchSize {
  for (let i = 0; i < n; i += 1) size.took(each * size.size, others);
  return size;
}
interface Given {
  readonly each: number;
  readonly others: boolean;
  readonly size?: BatchSize;
}

describe('how many records go at a time', () => {
  test('few at first', () => {
    expect(new BatchSize().size).toBe(8);
  });

  test('25, while nobody else records anything', () => {
    expect(after(40, { each: 100, others: false }).size).toBe(25);
  });

  test('while messages come, as many as hold nobody up for longer than 12 ms', () => {
    for (const each of [0.5, 1, 2]) {
      const size = after(40, { each, others: true });
      expect(size.size * each).toBeLessThanOrEqual(12 + each);
      expect(size.size * each).toBeGreaterThan(6);
    }
  });

  test('at once fewer when messages come again', () => {
    const size = after(40, { each: 2, others: false });
    expect(after(1, { each: 2, others: true, size }).size).toBe(6);
  });

  test('never fewer than five: a slow disk takes its time for each commit', () => {
    expect(after(40, { each: 500, others: true }).size).toBe(5);
  });
});
