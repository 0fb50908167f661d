import { describe, expect, test } from '@jest/globals';
import { must, parseMillis } from '../../../src/core/ids.ts';
import { retryAfterMs } from '../../../src/networks/retry-after.ts';

const now = must(parseMillis(Date.UTC(1994, 10, 6, 8, 49, 7)));

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
  ])('%p is %p ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  test('a time that has passed means now, and nobody is believed for more than a day', () => {
    expect(retryAfterMs('Sun, 06 Nov 1994 08:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('Sun, 06 Nov 2094 08:49:37 GMT', now)).toBe(86_400_000);
    expect(retryAfterMs('9999999999', now)).toBe(86_400_000);
  });

  test.each([undefined, '', 'soon', '-1', '1.5', '1e9', '99999999999', 'Sun, 99 Foo 1994 08:49:37 GMT', '2030-01-01'])(
    '%p says nothing',
    (header) => {
      expect(retryAfterMs(header, now)).toBeUndefined();
    },
  );
});
