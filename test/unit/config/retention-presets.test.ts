import { describe, expect, test } from '@jest/globals';
import { retentionPresets } from '../../../src/config/retention-presets.ts';
import { parsePeriod } from '../../../src/config/values/period.ts';

describe('the built-in classes', () => {
  test('each has a paragraph, and lets go when its minimum is over', () => {
    for (const { keep, erase, authority } of retentionPresets) {
      expect(erase).toEqual(keep);
      expect(authority).toMatch(/\S/u);
    }
  });

  test.each([
    ['us-sec-3y', 3],
    ['us-finra-6y', 6],
    ['us-cftc-5y', 5],
    ['eu-mifid-5y', 5],
    ['eu-mifid-7y', 7],
    ['uk-sysc10a-5y', 5],
    ['us-hipaa-6y', 6],
    ['us-tcpa-consent-5y', 5],
  ])('%s keeps %d calendar years', (id, years) => {
    expect(retentionPresets.find((one) => one.id === id)?.keep).toEqual({ years });
  });

  test('five years from the end of any fiscal year are covered by six from the record', () => {
    expect(retentionPresets.find((one) => one.id === 'us-ia-204-2-5y')?.keep).toEqual({ years: 6 });
  });

  test('the two short ones count by the clock', () => {
    expect(retentionPresets.find((one) => one.id === 'short-30d')?.keep).toEqual({ ms: 2_592_000_000 });
    expect(retentionPresets.find((one) => one.id === 'transient-0')?.keep).toEqual({ ms: 0 });
  });

  test('of the short ones nobody asks for but the company', () => {
    expect(retentionPresets.flatMap(({ id, own }) => (own === true ? [id] : []))).toEqual(['short-30d', 'transient-0']);
  });
});

describe('how long something is kept', () => {
  test.each([
    ['7y', { years: 7 }],
    [' 1y ', { years: 1 }],
    ['0d', { ms: 0 }],
    ['30d', { ms: 2_592_000_000 }],
    ['1000y', { years: 1_000 }],
  ])('%s is %j', (text, period) => {
    expect(parsePeriod(text)).toEqual(period);
  });

  test.each(['', '7', 'y', '-1y', '1.5y', '7 years', '7Y', '1001y', '999999999w'])('%p is none', (text) => {
    expect(parsePeriod(text)).toBeUndefined();
  });
});
