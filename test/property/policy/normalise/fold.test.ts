import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fold } from '../../../../src/policy/normalise/fold.ts';
import { toOriginal } from '../../../../src/policy/normalise/offsets.ts';
import { readingsOf } from '../../../../src/policy/normalise/readings.ts';

const character = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  { weight: 3, arbitrary: fc.constantFrom(...' \t\n.-_|@!0149abclosäßéñжопсеαερι١４①❶Ⅳ☎👍👩🏽🇩ﬁﷺ㎏℀'.split(/(?:)/u)) },
  { weight: 2, arbitrary: fc.constantFrom('\u0301', '\u200b', '\u202e', '\ufe0f', '\u200d', '\ud83d', '\udc4d', '\u0301'.repeat(3)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
); // prettier-ignore
const text = fc.array(character, { maxLength: 60 }).map((parts) => parts.join(''));
const wellFormed = text.map((given) => given.toWellFormed());
const hidden = fc.constantFrom(
  '\u200b',
  '\u200d',
  '\u2060',
  '\u00ad',
  '\ufeff',
  '\ufe0f',
  '\u202d',
  '\u2066',
  '\u{e0061}',
);

function placesOf(given: string): { readonly folded: string; readonly at: readonly number[] } {
  const { folded, at } = fold(given);
  return { folded, at: at === undefined ? Array.from({ length: folded.length + 1 }, (_, i) => i) : [...at] };
}

describe('A folded text', () => {
  test('has a place in the original for each of its characters, in order, from beginning to end', () => {
    fc.assert(
      fc.property(text, (given) => {
        const { folded, at } = placesOf(given);
        expect(at).toHaveLength(folded.length + 1);
        expect(at).toEqual([...at].sort((a, b) => a - b));
        expect(at.at(-1)).toBe(given.length);
        expect(folded.length).toBeLessThanOrEqual(given.length * 4);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is folded already', () => {
    fc.assert(
      fc.property(text, (given) => {
        const { folded } = fold(given);
        expect(fold(folded).folded).toBe(folded);
      }),
      { numRuns: 5_000 },
    );
  });

  test('is the same with characters in it that cannot be seen', () => {
    fc.assert(
      fc.property(text, fc.array(fc.tuple(fc.nat(), hidden), { maxLength: 5 }), (given, put) => {
        const points = Array.from(given);
        for (const [at, what] of put) points.splice(at % (points.length + 1), 0, what);
        expect(fold(points.join('')).folded).toBe(fold(given.toWellFormed()).folded);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is the same in capitals, for letters that have a capital of their own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (given) => {
        expect(fold(given.toUpperCase()).folded).toBe(fold(given).folded);
      }),
    );
  });

  test('maps any part of itself to whole characters of the original', () => {
    fc.assert(
      fc.property(wellFormed, fc.nat(), fc.nat(), (given, a, b) => {
        const folding = fold(given);
        const [start = 0, end = 0] = [a % (folding.folded.length + 1), b % (folding.folded.length + 1)].sort(
          (x, y) => x - y,
        );
        const span = toOriginal(folding, { start, end });
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(given.length);
        expect(given.slice(span.start, span.end).isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('The readings of a text', () => {
  test('have each digit in its place, runs in order, and no run beyond its window', () => {
    fc.assert(
      fc.property(text, (given) => {
        const { plain, digits } = readingsOf(given);
        for (const run of digits) {
          expect(run.places).toHaveLength(run.digits.length);
          expect(run.digits).toMatch(/^[0-9]{2,64}$/);
          expect([run.places[0]?.start, run.places.at(-1)?.end]).toEqual([run.start, run.end]);
          for (const [i, { start, end }] of run.places.entries()) {
            const written = plain.folded.slice(start, end);
            expect(/^[0-9]$/.test(written) ? written : run.digits[i]).toBe(run.digits[i]);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('without disguise have places in the original as well', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Array.from('cal. 4@1|!-_\u0301ä')), { maxLength: 40 }), (parts) => {
        const { leet } = readingsOf(parts.join(''));
        const at = [...(leet?.at ?? [])];
        expect(at).toEqual([...at].sort((a, b) => a - b));
        expect(at).toHaveLength(leet?.at === undefined ? 0 : leet.folded.length + 1);
      }),
      { numRuns: 1_000 },
    );
  });
});
