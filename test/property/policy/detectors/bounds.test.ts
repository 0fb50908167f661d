/** What detectors take for granted to be quick: of texts in ASCII, and of how long their numbers are. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import type { Readings } from '../../../../src/policy/normalised.ts';
import { readingsOf } from '../../../../src/policy/normalise/readings.ts';

const digits = (least: number, most: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: most }).map((some) => some.join(''));
const letters = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')), minLength: least, maxLength: most });

/** Numbers that detectors know, forms of others, and what stands beside them. */
const parts = fc.oneof(
  fc.constantFrom(' ', ' ', '-', '.', '/', '_', '#', '<', ':', ', ', '&', '+', '@', 'x'),
  fc.constantFrom('de89 3704 0044 0532 0130 00', '4111 1111 1111 1111', '+1 202 555 0199', 'ab123456c', 'x1234567l'),
  fc.constantFrom('rssmra85t10a562s', '1eg4-te5-mk73', '12.345.678-5', '192.168.1.7', 'fe80::1', 'born 12.03.1985'),
  fc.constantFrom('l898902c36uto7408122f1204159ze184226b<<<<<10', 'one two three', 'a@b.example', '131052-308t'),
  digits(1, 18),
  letters(1, 4),
  fc.tuple(letters(1, 3), digits(4, 9)).map((both) => both.join('')),
);
const texts = fc.array(parts, { minLength: 1, maxLength: 12 }).map((some) => some.join('').replaceAll(/ +/gu, ' '));

test('every detector finds the same in a text of ASCII, whether it is known to be one or not', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const known = readingsOf(text);
      expect(known.plain.at).toBeUndefined();
      const at = Uint32Array.from({ length: text.length + 1 }, (_, index) => index);
      const notKnown: Readings = { ...known, plain: { ...known.plain, at } };
      for (const detector of allDetectors) {
        const [one, other] = [known, notKnown].map((readings) => detector.find(readings, 'US'));
        expect({ id: detector.id, found: other }).toEqual({ id: detector.id, found: one });
      }
    }),
    { numRuns: 300 },
  );
});

test('no number has more digits than its detector says', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const readings = readingsOf(text);
      for (const detector of allDetectors) {
        const { id, mostDigits = Infinity } = detector;
        for (const { span } of detector.find(readings, 'US')) {
          const count = readings.plain.folded.slice(span.start, span.end).replaceAll(/\D/gu, '').length;
          expect({ id, tooMany: count > mostDigits }).toEqual({ id, tooMany: false });
        }
      }
    }),
    { numRuns: 300 },
  );
});
