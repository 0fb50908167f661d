import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { likelyNumber } from '../../../../src/policy/detectors/phone-plans.ts';

const countries = fc.constantFrom(...getCountries());
const figures = fc.stringMatching(/^[0-9]{4,13}$/);
/** What people dial before a number. */
const before = fc.constantFrom('', '0', '00', '1', '8', '011', '06');

function validByLibrary(digits: string, country?: CountryCode): string | undefined {
  const text = country === undefined ? `+${digits}` : digits;
  const number = parsePhoneNumberFromString(text, { ...(country && { defaultCountry: country }), extract: false });
  return number?.isValid() === true ? number.number : undefined;
}

describe('A number that libphonenumber finds valid is likely by the plans', () => {
  test('with a plus', () => {
    fc.assert(
      fc.property(countries, fc.constantFrom('', '0'), figures, (country, zero, rest) => {
        const digits = getCountryCallingCode(country) + zero + rest;
        const isLost = validByLibrary(digits) !== undefined && likelyNumber(digits, undefined) === undefined;
        expect(isLost).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  test('as it is dialled in its country, with and without the country before it', () => {
    fc.assert(
      fc.property(countries, before, fc.boolean(), figures, (country, dialled, whole, rest) => {
        const digits = dialled + (whole ? getCountryCallingCode(country) : '') + rest;
        const isLost = validByLibrary(digits, country) !== undefined && likelyNumber(digits, country) === undefined;
        expect(isLost).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('The plans alone', () => {
  test.each([
    ['2025550199', 'US', '+12025550199'],
    ['12025550199', 'US', '+12025550199'],
    ['02079460018', 'GB', '+442079460018'],
    ['004930901820', 'DE', '+4930901820'],
    ['4930901820', undefined, '+4930901820'],
  ])('read %s in %s as %s', (digits, country, number) => {
    expect(likelyNumber(digits, country)).toBe(number);
  });

  test.each([
    ['123456789', 'US'],
    ['1234567', 'US'],
    ['0000000000', 'GB'],
    ['999', undefined],
    ['2025550199', 'XX'],
  ])('know %s in %s for none', (digits, country) => {
    expect(likelyNumber(digits, country)).toBeUndefined();
  });
});
