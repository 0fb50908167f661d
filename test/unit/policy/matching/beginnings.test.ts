import { describe, expect, test } from '@jest/globals';
import { beginningsOf } from '../../../../src/policy/matching/beginnings.ts';

describe('What the matches of a pattern begin with', () => {
  test.each([
    ['promise .{0,20}return', ['promise ']],
    ['wire(?:s|ed|ing)? the', ['wire']],
    ['returns? soon', ['return']],
    ['secret+s', ['secret']],
    ['a\\.b\\-c', ['a.b-c']],
    ['(?:off|under) the books|books (?:only|just)', ['off', 'under', 'books ']],
    ['(off|(?:on|in)to) it', ['off', 'on', 'in']],
    ['(?P<verb>call|text) me', ['call', 'text']],
    ['call[)|]x', ['call']],
    ['(?:call[)]|text)', ['call', 'text']],
    ['call|call me', ['call', 'call me']],
    ['promise{2}', ['promis']],
  ])('of %s is known', (pattern, beginnings) => {
    expect(beginningsOf(pattern)).toEqual(beginnings);
  });

  test.each([
    ['a class comes first', '[cw]all'],
    ['anything comes first', '.call'],
    ['it may be left out', 'c?all'],
    ['the first group may be left out', '(?:please )?call me'],
    ['it may be there any number of times', '(?:ab)*cd'],
    ['one of the alternatives is not known', 'call|\\d+'],
    ['one of the alternatives is empty', 'call|'],
    ['it is a single character', 'c.all'],
    ['a line must begin', '^call'],
    ['a word must begin', '\\bcall'],
    ['capitals count as small letters', '(?i)call'],
    ['capitals count as small letters in a group', '(?i:call) me'],
    ['it is no letter or digit', '-call'],
    ['there are more than sixteen', Array.from({ length: 17 }, (_, n) => `word${n}`).join('|')],
    ['its brackets do not fit', 'call)'],
    ['its group has no end', '(?:call'],
    ['a quotation is taken as it stands', '\\Qcall\\E'],
  ])('is not known where %s', (_why, pattern) => {
    expect(beginningsOf(pattern)).toBeUndefined();
  });
});
