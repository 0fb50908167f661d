import { describe, expect, test } from '@jest/globals';
import { bareNumber, countryOf, takeNumber } from '../../../src/bot/staff/phone-number.ts';

describe('a number at the front of a text', () => {
  test.each([
    ['+12025550199 Hello', 'US', '+12025550199', 'Hello'],
    ['+1 202 555 0199 Hello', 'US', '+12025550199', 'Hello'],
    ['+1\u00a0(202)\u00a0555‑0199 Hello', undefined, '+12025550199', 'Hello'],
    ['(202) 555-0199 Hello', 'US', '+12025550199', 'Hello'],
    ['202.555.0199', 'US', '+12025550199', ''],
    ['030 12345678 Hallo', 'DE', '+493012345678', 'Hallo'],
    ['+1 202 555 0199 2 pm works', 'US', '+12025550199', '2 pm works'],
    ['+1 202 555 0199\n2 pm works', 'US', '+12025550199', '2 pm works'],
    ['+49 30 123456: 78 euros', 'US', '+4930123456', '78 euros'],
    ['\u202a+1 202 555 0199\u202c', 'US', '+12025550199', ''],
    ['＋12025550199', undefined, '+12025550199', ''],
  ])('%j (%s) is %s, then %j', (typed, country, address, rest) => {
    const taken = takeNumber(typed, country);
    expect(taken).toMatchObject({ ok: true, value: { address, rest } });
  });

  test.each([
    ['hello', 'US', "There's no number in that."],
    ['', 'US', "There's no number in that."],
    ['2025550199 Hi', undefined, 'Write the number with its country code, like +1 202 555 0199.'],
    ['+1 202', 'US', '+1 202 is too short for a phone number.'],
    ['+1 202 555 0199 0199 0199', 'US', '+1 202 555 0199 0199 0199 is too long for a phone number.'],
    ['+999 123456789', 'US', "+999 123456789 begins with a country code that doesn't exist."],
  ])('%j (%s) is answered %s', (typed, country, words) => {
    const taken = takeNumber(typed, country);
    expect(taken.ok ? undefined : taken.error).toBe(words);
  });

  test('where the end of the number could be in two places it asks instead of texting a stranger', () => {
    const taken = takeNumber('+49 30 123456 78 euros', 'DE');
    expect(taken).toMatchObject({ ok: false });
    expect(taken.ok ? '' : taken.error).toMatch(/^Is it .* or .*\? Put a colon after the number\.$/u);
  });

  test('a bare number is one and nothing else', () => {
    expect(bareNumber('+1 202 555 0199', 'US')?.address).toBe('+12025550199');
    expect(bareNumber('call 202 555 0199', 'US')).toBeUndefined();
    expect(bareNumber('12', 'US')).toBeUndefined();
    expect(bareNumber('!sms 2025550199', 'US')).toBeUndefined();
  });

  test('a line’s own number tells its country', () => {
    expect(countryOf('+12025550100')).toBe('US');
    expect(countryOf('acme-bot')).toBeUndefined();
  });
});
