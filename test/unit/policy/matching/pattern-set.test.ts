import { describe, expect, test } from '@jest/globals';
import { compilePatterns } from '../../../../src/policy/matching/pattern-set.ts';

function found(pattern: string, text: string): readonly string[] {
  const set = compilePatterns(['never here', pattern]);
  if (!set.ok) throw new Error(set.error.map(({ why }) => why).join());
  if (!set.value.among(text).has(1)) return [];
  return set.value.locate(1, text).spans.map(({ start, end }) => text.slice(start, end));
}

describe('Patterns of rules', () => {
  test.each([
    ['wire \\d+ dollars', 'wire 500 dollars, wire 7 dollars', ['wire 500 dollars', 'wire 7 dollars']],
    ['Wire [A-Z]+ Dollars', 'wire some dollars', ['wire some dollars']],
    ['\\bcard\\b', 'card discard card1 card', ['card', 'card']],
    ['\\büber\\b', 'süüber über', ['über']],
    ['\\D\\d\\D', 'a1b', ['a1b']],
    ['^invoice', 'invoice invoice', ['invoice']],
    ['thanks$', 'thanks, thanks', ['thanks']],
    ['a+', 'baaab aa', ['aaa', 'aa']],
    ['(?:x|y)z', 'xz yz zz', ['xz', 'yz']],
    ['\\Q1.5\\E', '1.5 125', ['1.5']],
    ['[[:alpha:]]+@home', 'me@home', ['me@home']],
    ['\\p{Greek}+', 'abc αβγ', ['αβγ']],
  ])('%s', (pattern, text, expected) => {
    expect(found(pattern, text)).toEqual(expected);
  });

  test.each([
    ['(a', 'missing closing )'],
    ['a{2000}', 'repeat'],
    ['(?=a)b', '(?='],
    ['(?<!a)b', '(?<'],
    ['(a)\\1', '\\1'],
    ['a*', 'empty'],
    ['', 'empty'],
    ['x|', 'empty'],
    ['^', 'empty'],
    ['[z-a]', 'range'],
  ])('%s is refused with the reason', (pattern, why) => {
    const set = compilePatterns(['fine', pattern]);
    expect(set).toMatchObject({ ok: false, error: [{ index: 1, why: expect.stringContaining(why) }] });
  });

  test('a pattern is found anywhere in a long text, once, also across the windows in which it is looked for', () => {
    for (const at of [0, 2_000, 3_070, 3_071, 3_072, 3_073, 4_090, 4_096, 6_144, 20_000]) {
      const text = `${'ab '.repeat(7_000).slice(0, at)}needle 1234567890${' ab'.repeat(3_000)}`;
      const set = compilePatterns(['needle \\d+']);
      expect(set.ok && set.value.locate(0, text).spans).toEqual([{ start: at, end: at + 17 }]);
    }
  });

  test('a word or a text does not begin where a window does', () => {
    const set = compilePatterns(['\\bab\\b', '^ab']);
    const text = 'xab'.repeat(5_000);
    expect(set.ok && set.value.locate(0, text).spans).toEqual([]);
    expect(set.ok && set.value.locate(1, text).spans).toEqual([]);
  });

  test('of more than 200 spans it says that they are cut', () => {
    const set = compilePatterns(['a']);
    const located = set.ok ? set.value.locate(0, 'a '.repeat(10_000)) : undefined;
    expect(located?.spans).toHaveLength(200);
    expect(located?.cut).toBe(true);
  });

  test('of more than 50 windows that have it it says that they are cut', () => {
    const set = compilePatterns(['[mn]eedle']);
    const located = set.ok ? set.value.locate(0, `needle${' '.repeat(3_066)}`.repeat(60)) : undefined;
    expect(located?.spans).toHaveLength(50);
    expect(located?.cut).toBe(true);
  });

  test('what begins with a known text is found in all of them', () => {
    const set = compilePatterns(['needle']);
    const located = set.ok ? set.value.locate(0, `needle${' '.repeat(3_066)}`.repeat(60)) : undefined;
    expect(located?.spans).toHaveLength(60);
    expect(located?.cut).toBe(false);
  });

  test.each([
    ['needle.*pin', `needle ${'hay '.repeat(400)}pin`],
    ['\\bneedle.*pin\\b', `needle ${'hay '.repeat(400)}pin`],
    ['needle.{900,1000}pin', `needle ${'hay '.repeat(230)}pin`],
    ['needle hay$', `needle hay ${'needle hay '.repeat(2)}needle hay`],
  ])('%s is found however far its end is from its beginning', (pattern, text) => {
    const set = compilePatterns([pattern]);
    const spans = set.ok ? set.value.locate(0, `${'a pin '.repeat(200)}${text}`).spans : [];
    expect(spans).toHaveLength(1);
    expect(spans[0]?.end).toBe(1_200 + text.length);
  });

  test('no patterns find nothing', () => {
    const set = compilePatterns([]);
    expect(set.ok && set.value.among('anything').size).toBe(0);
    expect(set.ok && set.value.locate(0, 'anything')).toEqual({ spans: [], cut: false });
  });

  test('half a pair of surrogates is matched by nothing that it is not', () => {
    expect(found('b', '\ud83d b \udc00b')).toEqual(['b', 'b']);
  });
});
