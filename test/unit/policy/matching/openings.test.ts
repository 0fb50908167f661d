import { describe, expect, test } from '@jest/globals';
import { openingsOf } from '../../../../src/policy/matching/openings.ts';

const whole = (...texts: readonly string[]) => texts.map((text) => ({ text, isWhole: true }));
const partly = (...texts: readonly string[]) => texts.map((text) => ({ text, isWhole: false }));

describe('The literal texts that the matches of a pattern go on with', () => {
  test.each([
    ['off the books', whole('off the books')],
    ['secret profits?', whole('secret profits', 'secret profit')],
    ['(?:off|under) the', whole('off the', 'under the')],
    ['a|ab', whole('a', 'ab')],
    ['(a|ab)(c|bcd)', whole('ac', 'abcd', 'abc', 'abbcd')],
    ['(?:a(?:b|c)?)d', whole('abd', 'acd', 'ad')],
    ['1\\.5', whole('1.5')],
    ['wires? (?:the|my) .{0,20}', partly('wires the ', 'wires my ', 'wire the ', 'wire my ')],
    ['call[s ]me|text', [...partly('call'), ...whole('text')]],
    ['ab+c', partly('ab')],
    ['(?:ab|c)+', partly('ab', 'c')],
    ['ab*c', partly('a')],
    ['ab{2}c', partly('a')],
    ['ab??c', partly('a')],
    ['(?:a|b)*c', partly('')],
    ['call\\b', partly('call')],
    ['call$', partly('call')],
    ['(?i)call', partly('')],
    ['a(?i:b)', partly('a')],
    ['[cw]all', partly('')],
    ['call)', partly('')],
    ['(?:call', partly('')],
  ])('of %s are known as far as they are literal', (pattern, openings) => {
    expect(openingsOf(pattern)).toEqual(openings);
  });

  test('there are never more than sixteen: what would be more is not looked at', () => {
    expect(openingsOf('(?:a|b|c)(?:d|e|f)(?:g|h|i)')).toEqual(
      partly('ad', 'ae', 'af', 'bd', 'be', 'bf', 'cd', 'ce', 'cf'),
    );
    expect(openingsOf(Array.from({ length: 17 }, (_, n) => `word${n}`).join('|'))).toEqual(partly(''));
  });
});
