/** Numbers with a day of birth: what stdnum says of those of the past, and the same whatever the clock says. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { nn } from 'stdnum/lib/cjs/be/index.js';
import { ric } from 'stdnum/lib/cjs/cn/index.js';
import { rc } from 'stdnum/lib/cjs/cz/index.js';
import { cpr } from 'stdnum/lib/cjs/dk/index.js';
import { hetu } from 'stdnum/lib/cjs/fi/index.js';
import { rrn } from 'stdnum/lib/cjs/kr/index.js';
import { asmens } from 'stdnum/lib/cjs/lt/index.js';
import { pvn } from 'stdnum/lib/cjs/lv/index.js';
import { fodselsnummer } from 'stdnum/lib/cjs/no/index.js';
import { pesel } from 'stdnum/lib/cjs/pl/index.js';
import { cnp } from 'stdnum/lib/cjs/ro/index.js';
import { personnummer } from 'stdnum/lib/cjs/se/index.js';
import { emso } from 'stdnum/lib/cjs/si/index.js';
import * as dated from '../../../../src/policy/detectors/national/dated-numbers.ts';
import { told } from '../../../unit/policy/detectors/found-by.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const digits = (count: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: 10 ** count - 1 }).map((n) => String(n).padStart(count, '0'));
const among = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...Array.from(characters));
const month = fc.integer({ min: 0, max: 13 }).map(two);
const day = fc.integer({ min: 0, max: 32 }).map(two);
const join = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join(''));
const shift = (by: readonly number[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...by), fc.integer({ min: 1, max: 12 })).map(([more, of]) => two(of + more));

const shortDay = join(digits(2), month, day);
const dayFirst = join(day, month, digits(2));
const years = (from: number, to: number): fc.Arbitrary<string> => fc.integer({ min: from, max: to }).map(String);

type Check = (text: string) => { readonly isValid: boolean };
/** Ours takes what stdnum takes, and beyond that what stdnum's clock refuses. */
const kinds: readonly (readonly [country: string, ours: Check, theirs: Check, texts: fc.Arbitrary<string>])[] = [
  ['be', dated.belgian, nn.validate, join(shortDay, digits(5))],
  ['cn', dated.chinese, ric.validate, join(digits(6), years(1900, 2020), month, day, digits(3), among('0123456789X'))],
  ['cz', dated.czech, rc.validate, join(digits(2), shift([0, 50]), day, digits(4))],
  ['dk', dated.danish, cpr.validate, join(dayFirst, digits(4))],
  [
    'fi',
    dated.finnish,
    hetu.validate,
    join(dayFirst, among('+-ABYX'), digits(3), among('0123456789ABCDEFHJKLMNPRSTUVWXY')),
  ],
  ['kr', dated.korean, rrn.validate, join(shortDay, digits(7))],
  ['lt', dated.lithuanian, asmens.validate, join(digits(1), shortDay, digits(4))],
  ['lv', dated.latvian, pvn.validate, join(day, month, digits(7)).filter((text) => text < '4')],
  ['no', dated.norwegian, fodselsnummer.validate, join(dayFirst, digits(5))],
  ['pl', dated.polish, pesel.validate, join(digits(2), shift([0, 20, 80]), day, digits(5))],
  ['ro', dated.romanian, cnp.validate, join(digits(1), shortDay, digits(6))],
  ['se', dated.swedish, personnummer.validate, join(shortDay, among('-+'), digits(4))],
  ['si', dated.slovenian, emso.validate, join(day, month, among('09'), digits(8))],
];

afterEach(() => {
  jest.useRealTimers();
});

describe('a number with a day of birth', () => {
  test.each(kinds)('of %s is taken where stdnum takes it', (_country, ours, theirs, texts) => {
    const all = fc.sample(texts, { numRuns: 2_000, seed: 7 });
    const refused = all.filter((text) => theirs(text).isValid && !ours(text).isValid);
    expect(refused).toEqual([]);
    expect(all.some((text) => ours(text).isValid)).toBe(true);
  });

  test.each(kinds)(
    'of %s is taken beyond that only where a clock far ahead lets stdnum take it',
    (_country, ours, theirs, texts) => {
      jest.useFakeTimers({ now: Date.UTC(2050, 11, 31) });
      const all = fc.sample(texts, { numRuns: 2_000, seed: 7 });
      expect(all.filter((text) => ours(text).isValid && !theirs(text).isValid)).toEqual([]);
    },
  );

  test.each([Date.UTC(1970, 0, 1), Date.UTC(2026, 10, 23), Date.UTC(2090, 0, 1)])('is found the same at %d', (now) => {
    jest.useFakeTimers({ now });
    const found = [
      told('id-dk', 'CPR 110245-5621'),
      told('id-se', '451225-7660'),
      told('id-fi', '131052-308T'),
      told('id-pl', '44051401359'),
      told('id-pl', '48211281564'),
      told('id-se', '19880320-0016'),
    ];
    expect(found).toEqual([
      '1102455621@0.85',
      '451225-7660@0.85',
      '131052-308T@0.85',
      '44051401359@0.5',
      '48211281564@0.5',
      '880320-0016@0.85',
    ]);
  });
});
