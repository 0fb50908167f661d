import { describe, expect, test } from '@jest/globals';
import { countIn, endOfWord, isOpen, wordStarts } from '../../../../src/policy/matching/word-bounds.ts';

describe('Bounds of words', () => {
  test.each([
    ['ab cd', [0, 3]],
    ["don't off-channel a- -b", [0, 6, 18, 22]],
    ['größe 12 я', [0, 6, 9]],
    ['𝐚𝐛 c', [0, 5]],
    ['', []],
    ['... !', []],
  ])('words of "%s" begin at %j', (text, starts) => {
    expect([...wordStarts(text)]).toEqual(starts);
  });

  test('a place is open unless a word runs across it', () => {
    expect([0, 1, 2, 3, 5].map((at) => isOpen('ab cd', at))).toEqual([true, false, true, true, true]);
    expect(isOpen('𝐚𝐛', 2)).toBe(false);
    expect(isOpen('\ud83d\ude00b', 2)).toBe(true);
    expect(isOpen('\udc00b', 1)).toBe(true);
  });

  test('a word ends where its letters and digits do', () => {
    expect(endOfWord('guaranteed!', 8)).toBe(10);
    expect(endOfWord('a𝐛𝐜 d', 1)).toBe(5);
    expect(endOfWord('a b', 1)).toBe(1);
  });

  test('words that begin in a range are counted', () => {
    const starts = wordStarts('a b c d');
    expect(countIn(starts, 1, 5)).toBe(2);
    expect(countIn(starts, 5, 1)).toBe(0);
    expect(countIn(starts, 0, 100)).toBe(4);
  });
});
