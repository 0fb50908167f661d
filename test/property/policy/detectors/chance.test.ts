/** How often random numbers pass: what `passes` says of each kind, and what a detector makes of noise. Fixed seed. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { americas } from '../../../../src/policy/detectors/national/americas.ts';
import { asiaPacificAfrica } from '../../../../src/policy/detectors/national/asia-pacific-africa.ts';
import { easternEurope } from '../../../../src/policy/detectors/national/eastern-europe.ts';
import { northernEurope } from '../../../../src/policy/detectors/national/northern-europe.ts';
import { southernEurope } from '../../../../src/policy/detectors/national/southern-europe.ts';
import { westernEurope } from '../../../../src/policy/detectors/national/western-europe.ts';
import { foundBy } from '../../../unit/policy/detectors/found-by.ts';

const nations = [americas, asiaPacificAfrica, easternEurope, northernEurope, southernEurope, westernEurope].flat();
const runs = 4000;

function randomDigits(length: number): readonly string[] {
  const one = fc.noBias(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }));
  return fc.sample(one, { numRuns: runs, seed: 5 }).map((digits) => digits.join(''));
}

const kinds = nations.flatMap(({ country, kinds: all }) =>
  all.flatMap((kind) => (kind.is === 'digits' ? [{ country, kind }] : [])),
);

describe('of random digits', () => {
  test.each(kinds)('as many are accepted in $country as the table says, within what chance allows', ({ kind }) => {
    for (const length of kind.lengths) {
      const accepted = randomDigits(length).filter((digits) => kind.validate(digits).isValid).length;
      const expected = (kind.passes / 1000) * runs;
      expect(accepted).toBeLessThanOrEqual(expected + 4 * Math.sqrt(expected + 4));
    }
  });

  test('none is taken for a card but by the network and the check digit together', () => {
    const hits = randomDigits(16).filter((digits) => foundBy('card', `ref ${digits}`).length > 0).length;
    expect(hits / runs).toBeLessThan(0.05);
  });
});
