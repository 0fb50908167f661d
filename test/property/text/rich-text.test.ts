import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sliceRich, splitRich, trimRich, withInserted } from '../../../src/core/rich-text-edit.ts';
import { endOf, inOrder, isBlock, isInline } from '../../../src/core/rich-text-kinds.ts';
import { isInPair, normalised } from '../../../src/core/rich-text-normal.ts';
import { toPlain } from '../../../src/core/rich-text-plain.ts';
import type { Mark, RichText } from '../../../src/core/rich-text.ts';
import { anyMark, hostileRich, hostileText } from '../../support/rich-texts.ts';

/** What is wrong with it by the promises of `rich-text.ts`. */
function faults({ text, marks }: RichText): readonly string[] {
  return [
    ...marks.flatMap((mark) => placeFaults(mark, text)),
    ...([...marks].sort(inOrder).every((mark, index) => mark === marks[index]) ? [] : ['out of order']),
    ...marks.filter(isBlock).flatMap((mark) => lineFaults(mark, text)),
    ...marks.flatMap((mark, index) => marks.slice(index + 1).flatMap((other) => pairFaults(mark, other))),
  ];
}

function placeFaults(mark: Mark, text: string): readonly string[] {
  const inside = mark.start >= 0 && mark.length > 0 && endOf(mark) <= text.length;
  const whole = !isInPair(text, mark.start) && !isInPair(text, endOf(mark));
  return [...(inside ? [] : [`${mark.as} outside`]), ...(whole ? [] : [`${mark.as} in a pair`])];
}

function lineFaults(mark: Mark, text: string): readonly string[] {
  const starts = mark.start === 0 || text[mark.start - 1] === '\n';
  const ends = endOf(mark) === text.length || text[endOf(mark)] === '\n';
  return starts && ends ? [] : [`${mark.as} in a line`];
}

function pairFaults(a: Mark, b: Mark): readonly string[] {
  if (endOf(a) <= b.start || endOf(b) <= a.start) return [];
  if (a.as === b.as && isInline(a)) return [`two ${a.as} over the same words`];
  return isBlock(a) && isBlock(b) ? nestingFaults(a, b) : [];
}

function nestingFaults(a: Mark, b: Mark): readonly string[] {
  if (endOf(b) > endOf(a)) return [`${b.as} over the end of ${a.as}`];
  return a.as === 'pre' || a.as === b.as ? [`${b.as} in ${a.as}`] : [];
}

describe('one form of rich text', () => {
  test('whatever marks are given, what comes out keeps every promise, and the words stay', () => {
    fc.assert(
      fc.property(hostileText, fc.array(anyMark, { maxLength: 12 }), (text, marks) => {
        const rich = normalised(text, marks);
        expect(rich.text).toBe(text);
        expect(faults(rich)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('it is what it is when it is made again', () => {
    fc.assert(
      fc.property(hostileRich, (rich) => {
        expect(normalised(rich.text, rich.marks)).toEqual(rich);
      }),
      { numRuns: 2_000 },
    );
  });

  test('ranges that end or begin within a pair are dropped', () => {
    expect(normalised('a😀b', [{ as: 'bold', start: 0, length: 2 }]).marks).toEqual([]);
    expect(normalised('a😀b', [{ as: 'bold', start: 2, length: 2 }]).marks).toEqual([]);
    expect(normalised('a😀b', [{ as: 'bold', start: 1, length: 2 }]).marks).toHaveLength(1);
  });

  test('a part has its words and the marks on them', () => {
    fc.assert(
      fc.property(hostileRich, fc.nat(80), fc.nat(80), (rich, from, to) => {
        const part = sliceRich(rich, Math.min(from, to), Math.max(from, to));
        expect(part.text).toBe(rich.text.slice(Math.min(from, to), Math.max(from, to)));
        expect(faults(part)).toEqual([]);
        expect(trimRich(rich).text).toBe(rich.text.trim());
      }),
    );
  });

  test('its parts hold all words in order, each within the size', () => {
    fc.assert(
      fc.property(hostileRich, fc.integer({ min: 4, max: 40 }), (rich, most) => {
        const parts = splitRich(rich, most);
        const bare = (text: string): string => text.replaceAll(/\s/gu, '');
        expect(bare(parts.map((part) => part.text).join(''))).toBe(bare(rich.text));
        for (const part of parts) {
          expect(rich.text.trim() === '' ? 0 : part.text.length).toBeLessThanOrEqual(most);
          expect(faults(part)).toEqual([]);
          expect(part.text.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  test('what is put in moves the marks along with their words', () => {
    fc.assert(
      fc.property(
        hostileRich,
        fc.array(fc.record({ at: fc.nat(40), text: fc.constantFrom('+', '++') })),
        (rich, put) => {
          const insertions = put.filter(({ at }) => at <= rich.text.length && !isInPair(rich.text, at));
          const after = withInserted(rich, insertions);
          expect(after.text.replaceAll('+', '')).toBe(rich.text.replaceAll('+', ''));
          const words = (of: RichText) =>
            of.marks.map((mark) => of.text.slice(mark.start, endOf(mark)).replaceAll('+', '')).sort();
          expect(words(after)).toEqual(words(rich));
        },
      ),
    );
  });

  test('as plain text it says all its words', () => {
    fc.assert(
      fc.property(hostileRich, (rich) => {
        const plain = toPlain(rich);
        let at = 0;
        for (const char of rich.text) {
          at = plain.indexOf(char, at);
          expect(at).toBeGreaterThanOrEqual(0);
          at += char.length;
        }
      }),
    );
  });

  test('a hundred thousand marks take no long time', () => {
    const text = 'line of words\n'.repeat(10_000);
    const kinds = ['bold', 'italic', 'quote', 'spoiler'] as const;
    const marks = Array.from({ length: 100_000 }, (_, n): Mark => {
      const as = kinds[n % 4] ?? 'bold';
      return { as, start: (n * 7919) % text.length, length: 1 + (n % 50) };
    });
    const before = process.cpuUsage().user;
    normalised(text, marks);
    expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(5_000);
  });
});
