import { describe, expect, test } from '@jest/globals';
import { parseDuration } from '../../../src/config/values/duration.ts';
import { parseListenAddress } from '../../../src/config/values/listen-address.ts';
import { parseOpeningHours } from '../../../src/config/values/opening-hours.ts';
import { parseSize } from '../../../src/config/values/size.ts';

describe('lengths of time', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['4h', 14_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    ['6y', 189_216_000_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '30', 'm', '-1m', '1.5h', '30 minutes', '30M', '9999999999s'])('%p is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('sizes', () => {
  test.each([
    ['10B', 10],
    ['1KB', 1024],
    ['64 MB', 67_108_864],
    ['2gb', 2_147_483_648],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', '64', 'MB', '1.5MB', '64MiB'])('%p is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe('addresses to listen on', () => {
  test.each([
    ['127.0.0.1:9701', { host: '127.0.0.1', port: 9701 }],
    ['[::1]:9701', { host: '::1', port: 9701 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('%s is one', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  test.each(['9701', ':9701', '127.0.0.1', '127.0.0.1:99999', 'acme.example:9701', '::1:9701', '127.0.0.1:x'])(
    '%s is none',
    (text) => {
      expect(parseListenAddress(text)).toBeUndefined();
    },
  );
});

describe('opening hours', () => {
  test('days and hours, several spans', () => {
    expect(parseOpeningHours('Mon-Fri 09:00-17:30, Sat 10:00-14:00')).toEqual([
      { days: [1, 2, 3, 4, 5], from: 540, to: 1050 },
      { days: [6], from: 600, to: 840 },
    ]);
  });

  test('a span of days may run over the weekend, and to midnight', () => {
    expect(parseOpeningHours('Sat-Mon 00:00-24:00')).toEqual([{ days: [6, 7, 1], from: 0, to: 1440 }]);
  });

  test.each([
    '',
    'always',
    'Mon-Fri',
    '09:00-17:30',
    'Mon 17:00-09:00',
    'Mon 09:00-25:00',
    'Mon 09:60-10:00',
    'Mo 09:00-10:00',
  ])('%p are none', (text) => {
    expect(parseOpeningHours(text)).toBeUndefined();
  });
});
