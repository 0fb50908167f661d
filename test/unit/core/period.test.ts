import { describe, expect, test } from '@jest/globals';
import { must, parseMillis, type Millis } from '../../../src/core/ids.ts';
import { coversAlways, endOf, latestStart } from '../../../src/core/period.ts';

function at(iso: string): Millis {
  return must(parseMillis(Date.parse(iso)));
}
function iso(time: Millis): string {
  return new Date(time).toISOString();
}

describe('a period of years', () => {
  test.each([
    ['2024-01-15T10:00:00.000Z', 6, '2030-01-15T10:00:00.000Z'],
    ['2024-02-29T10:00:00.000Z', 1, '2025-03-01T10:00:00.000Z'],
    ['2024-02-29T10:00:00.000Z', 4, '2028-02-29T10:00:00.000Z'],
    ['2023-02-28T23:59:59.999Z', 1, '2024-02-28T23:59:59.999Z'],
    ['2096-02-29T00:00:00.000Z', 4, '2100-03-01T00:00:00.000Z'],
    ['2024-12-31T23:59:59.999Z', 7, '2031-12-31T23:59:59.999Z'],
  ])('from %s, %d years, ends at %s', (start, years, end) => {
    expect(iso(endOf(at(start), { years }))).toBe(end);
  });

  test('days are of 24 hours, and none is the same moment', () => {
    expect(iso(endOf(at('2024-02-28T00:00:00.000Z'), { ms: 2 * 86_400_000 }))).toBe('2024-03-01T00:00:00.000Z');
    expect(endOf(at('2024-02-28T00:00:00.000Z'), { ms: 0 })).toBe(at('2024-02-28T00:00:00.000Z'));
  });
});

describe('the latest start', () => {
  const ends = ['2024-02-28', '2024-02-29', '2024-03-01', '2025-02-28', '2025-03-01', '2100-03-01'];
  const periods = [{ years: 1 }, { years: 4 }, { ms: 30 * 86_400_000 }, { years: 1, ms: 86_400_000 }, { ms: 0 }];

  test.each(ends)('whatever begins after it ends after %s', (day) => {
    const end = at(`${day}T12:00:00.000Z`);
    for (const period of periods) {
      const bound = latestStart(end, period);
      for (let hours = 1; hours <= 24 * 4; hours += 1) {
        const start = must(parseMillis(bound + hours * 3_600_000));
        expect(endOf(start, period)).toBeGreaterThan(end);
      }
    }
  });

  test('is never before the first moment', () => {
    expect(latestStart(at('1972-01-01T00:00:00.000Z'), { years: 50 })).toBe(0);
  });
});

describe('one period covers another, whenever they begin', () => {
  const DAY = 86_400_000;
  test.each([
    [{ years: 7 }, { years: 6 }, true],
    [{ years: 6 }, { years: 7 }, false],
    [{ ms: 366 * DAY }, { years: 1 }, true],
    [{ ms: 365 * DAY }, { years: 1 }, false],
    [{ years: 1 }, { ms: 365 * DAY }, true],
    [{ years: 1 }, { ms: 366 * DAY }, false],
    [{ years: 4 }, { ms: 1_460 * DAY }, true],
    [{ years: 4 }, { ms: 1_461 * DAY }, false],
    [{ ms: 0 }, {}, true],
  ])('%j covers %j: %p', (long, short, covers) => {
    expect(coversAlways(long, short)).toBe(covers);
  });
});
