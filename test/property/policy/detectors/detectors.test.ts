import { describe, expect, test } from '@jest/globals';
import validator from 'card-validator';
import fc from 'fast-check';
import { composeIBAN, getCountrySpecifications, isValidIBAN } from 'ibantools';
import type { Candidate } from '../../../../src/policy/detector.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { luhnHolds } from '../../../../src/policy/detectors/luhn.ts';
import { readingsOf } from '../../../../src/policy/normalise/readings.ts';
import { foundBy } from '../../../unit/policy/detectors/found-by.ts';

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const digits = (length: number) => fc.array(digit, { minLength: length, maxLength: length }).map((all) => all.join(''));

/** Pieces of what detectors look for, glued together at random. */
const nearly = fc
  .array(
    fc.oneof(
      fc.constantFrom('4111 1111 1111 1111', 'DE89 3704 0044 0532 0130 00', '078-05-1120', 'a@b.de', '203.0.113.7'),
      fc.constantFrom('AKIAIOSFODNN7EXAMPLE', 'password: ', 'born ', '+49', '#', '-', ' ', '\n', ', ', '$', 'x'),
      digits(3),
      digits(9),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

function everything(text: string): readonly (Candidate & { readonly by: string })[] {
  const readings = readingsOf(text);
  return allDetectors.flatMap((detector) =>
    detector.mayBeIn(readings) ? detector.find(readings, 'US').map((found) => ({ ...found, by: detector.id })) : [],
  );
}

describe('whatever the text', () => {
  test('findings lie in it, do not overlap within a detector and are as sure as the contract says', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const { folded } = readingsOf(text).plain;
        const ends = new Map<string, number>();
        for (const { span, confidence, by } of everything(text)) {
          expect(span.start).toBeGreaterThanOrEqual(ends.get(by) ?? 0);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.end).toBeLessThanOrEqual(folded.length);
          expect(confidence).toBeGreaterThanOrEqual(0.05);
          expect(confidence).toBeLessThanOrEqual(0.85);
          ends.set(by, span.end);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('no more than four characters of a value are shown', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        for (const { masked } of everything(text)) {
          expect(Array.from(masked.replace(/^ends |…$/gu, '')).length).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('what is false at once is never found by a longer look', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const readings = readingsOf(text);
        const ruledOut = allDetectors.filter((detector) => !detector.mayBeIn(readings));
        expect(ruledOut.flatMap((detector) => detector.find(readings, 'US'))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('without a digit nothing is found that is made of digits', () => {
    const ofDigits = allDetectors.filter(({ id }) => !['email', 'secret', 'crypto'].includes(id));
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'x', 'z', 'Ä', 'ж', ' ', '-', '/', '.', ':', '@', '#', '+'),
        }),
        (text) => {
          const readings = readingsOf(text);
          for (const detector of ofDigits) expect(detector.find(readings, 'US')).toEqual([]);
        },
      ),
    );
  });
});

describe('against the libraries', () => {
  test('the check digit of cards is what card-validator says it is', () => {
    fc.assert(
      fc.property(digits(15), (rest) => {
        const visa = `4${rest}`;
        expect(luhnHolds(visa)).toBe(validator.number(visa).isValid);
      }),
    );
  });

  test('every IBAN that ibantools makes is found, and none of which one digit was changed', () => {
    const countries = Object.entries(getCountrySpecifications()).flatMap(
      ([country, { bban_regexp: form, IBANRegistry }]) =>
        IBANRegistry && form !== null && /^\^\[0-9\]\{\d+\}\$$/.test(form)
          ? [{ country, length: Number(/\{(\d+)\}/.exec(form)?.[1]) }]
          : [],
    );
    expect(countries.length).toBeGreaterThan(10);
    const ibans = fc
      .constantFrom(...countries)
      .chain(({ country, length }) => digits(length).map((bban) => composeIBAN({ countryCode: country, bban }) ?? ''))
      .filter((iban) => isValidIBAN(iban));
    fc.assert(
      fc.property(ibans, fc.nat(), (iban, at) => {
        expect(foundBy('iban', `to ${iban} please`).map(({ value }) => value)).toEqual([iban]);
        const place = 4 + (at % (iban.length - 4));
        const other = String((Number(iban.charAt(place)) + 1) % 10);
        expect(foundBy('iban', `to ${iban.slice(0, place)}${other}${iban.slice(place + 1)} please`)).toEqual([]);
      }),
    );
  });
});
