import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventSlices } from '../../../src/matrix/event-slices.ts';

const encoder = new TextEncoder();
const parse = (bytes: Uint8Array): unknown => {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return value;
};
/** Any JSON, with keys and texts that look like JSON themselves. */
const tricky = fc.constantFrom(
  'events',
  '"',
  '\\',
  '\\"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '{"events":[1]}',
  '\u2028',
  '😀',
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1.5, 1e21, 5e-324),
    fc.oneof(fc.string({ unit: 'binary' }), tricky),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), tricky), tie('any'), { maxKeys: 4 }),
  ),
})).any;
const spacing = fc.constantFrom(0, 1, 2, '\t');

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', 'e', '1', '\\', ' ') })
    .map((text) => encoder.encode(`{"events":[${text}`)),
);

describe('cutting a transaction into its events', () => {
  test('gives slices that parse to the very events, for any JSON around and in them', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), value, value, spacing, (events, before, after, space) => {
        const text = JSON.stringify({ before, events, after }, undefined, space);
        expect(eventSlices(encoder.encode(text)).map(parse)).toEqual(JSON.parse(JSON.stringify(events)));
      }),
      { numRuns: 500 },
    );
  });

  test('agrees with JSON.parse on a key that is written twice or with escapes', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), fc.array(value, { maxLength: 3 }), (first, second) => {
        const text = `{"events":${JSON.stringify(first)},"e\\u0076ents":${JSON.stringify(second)}}`;
        const expected: unknown = JSON.parse(JSON.stringify(second));
        expect(eventSlices(encoder.encode(text)).map(parse)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('finds no events in JSON that has none at the top', () => {
    fc.assert(
      fc.property(value, (inner) => {
        expect(eventSlices(encoder.encode(JSON.stringify([{ events: [inner] }])))).toEqual([]);
        expect(eventSlices(encoder.encode(JSON.stringify({ deeper: { events: [inner] } })))).toEqual([]);
      }),
    );
  });

  test('always ends, also for bytes that are no JSON at all', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const cut = (): number => {
          try {
            return eventSlices(bytes).length;
          } catch (error) {
            // A key that is no JSON string: the caller has parsed the body before.
            if (error instanceof SyntaxError) return 0;
            throw error;
          }
        };
        expect(cut()).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
