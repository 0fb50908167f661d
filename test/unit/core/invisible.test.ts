import { describe, expect, test } from '@jest/globals';
import { isBlank } from '../../../src/core/invisible.ts';

describe('a text in which there is nothing to see', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \t\n\u00a0\u2003'],
    ['zero-width characters', '\u200b\u200c\u200d\ufeff'],
    ['word joiners and invisible operators', '\u2060\u2061\u2064'],
    ['fillers', '\u3164\u115f\u1160\uffa0'],
    ['selectors, tags and soft hyphens', '\ufe0f\u{e0041}\u{e007f}\u00ad'],
    ['directions', '\u202e\u2066\u2069'],
    ['controls', '\u0000\u0007\u009f'],
    ['the empty Braille cell', '\u2800'],
  ])('is blank: %s', (_what, text) => {
    expect(isBlank(text)).toBe(true);
  });

  test.each(['a', ' . ', '\u200b1\u200b', '👍🏽', '❤️', 'ا', '한', '\u{1f468}\u200d\u{1f469}'])('is not: %j', (text) => {
    expect(isBlank(text)).toBe(false);
  });
});
