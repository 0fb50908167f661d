import { describe, expect, test } from '@jest/globals';
import { locate } from '../../../../src/policy/matching/locate.ts';
import { compilePatterns } from '../../../../src/policy/matching/pattern-set.ts';

/** Each takes an engine that tries one way after the other longer than anyone waits. */
const patterns: readonly (readonly [pattern: string, slow: string, found: string])[] = [
  ['(a+)+b', 'a', 'aab'],
  ['(?:a|aa)+c', 'a', 'aac'],
  ['(x+x+)+y', 'x', 'xxy'],
  ['(?:.*a){12}!', 'a', `${'a'.repeat(12)}!`],
  ['(\\w+\\s?)+;', 'ab ', 'ab;'],
  ['([a-z]+)*1', 'z', 'z1'],
  ['(?:a?){50}a{50}b', 'a', `${'a'.repeat(50)}b`],
  ['\\d+\\d+\\d+x', '1', '111x'],
  ['(?:[^"]*"){5}end', 'a"', '"""""end'],
  ['a.*b.*c.*d.*e', 'abcd ', 'abcde'],
];

describe('Patterns that would never end', () => {
  test.each(patterns)('%s is looked for in a long text, and found behind it', (pattern, slow, found) => {
    const set = compilePatterns([pattern]);
    const text = slow.repeat(Math.ceil(8_192 / slow.length));
    expect(set.ok && set.value.among(text).size).toBe(0);
    expect(set.ok && set.value.among(`${text} ${found}`).has(0)).toBe(true);
  });
});

describe('Where a pattern stands', () => {
  /** Counts the characters that the slow machine is given. */
  function counting(word: string) {
    let searched = 0;
    const find = (text: string, from: number, most: number) => {
      searched += text.length - from;
      const spans: { start: number; end: number }[] = [];
      for (
        let at = text.indexOf(word, from);
        at !== -1 && spans.length < most;
        at = text.indexOf(word, at + word.length)
      ) {
        spans.push({ start: at, end: at + word.length });
      }
      return spans;
    };
    return { test: (text: string) => text.includes(word), find, searched: () => searched };
  }

  test('is searched only in the windows that have it', () => {
    const pattern = counting('needle');
    locate(`${' '.repeat(30_000)}needle${' '.repeat(30_000)}`, pattern);
    expect(pattern.searched()).toBeLessThanOrEqual(2 * 4_097);
  });

  test('is searched in no more than 50 windows, however often it is there', () => {
    const pattern = counting('needle');
    locate('needle '.repeat(60_000), pattern);
    expect(pattern.searched()).toBeLessThanOrEqual(50 * 4_097);
  });
});
