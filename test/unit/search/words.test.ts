import { describe, expect, test } from '@jest/globals';
import { fold } from '../../../src/journal/search/fold.ts';
import { prefixesOf, words } from '../../../src/journal/search/words.ts';

describe('folding', () => {
  test.each([
    ['Müller', 'muller'],
    ['CAFÉ', 'cafe'],
    ['cafe\u0301', 'cafe'],
    ['Straße', 'strasse'],
    ['ΣΊΣΥΦΟΣ', 'σισυφοσ'],
    ['ﬁnance', 'finance'],
    ['１２３', '123'],
    ['İstanbul', 'istanbul'],
    ['ещё', 'еще'],
    ['pass\u00adword', 'password'],
    ['s\u200bec\u200dret', 'secret'],
    ['مُحَمَّد', 'محمد'],
    ['שָׁלוֹם', 'שלום'],
    ['ｶﾞ', 'ガ'],
  ])('%s is %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  test('keeps the marks that make another word', () => {
    expect(fold('が')).not.toBe(fold('か'));
    expect(fold('की')).not.toBe(fold('का'));
  });
});

describe('the words of a text', () => {
  test.each([
    ["Don't pay +1 202-555", ['don', 't', 'pay', '1', '202', '555']],
    ['今天天气', ['今天', '天天', '天气']],
    ['买A股票', ['买', 'a', '股票']],
    ['東京タワー、です', ['東京', '京タ', 'タワ', 'ワー', 'です']],
    ['한국어 좋아', ['한국', '국어', '좋아']],
    ['ok 👍🏽 done', ['ok', '👍', 'done']],
    ['...!?', []],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('are cut where a limit is set', () => {
    expect(words('a b c d', 2)).toEqual(['a', 'b']);
    expect(words('今天天气好', 2)).toEqual(['今天', '天天']);
  });

  test('begin with the prefixes that the index holds', () => {
    expect(prefixesOf('guarantee')).toEqual(['gu', 'gua', 'guar', 'guaran', 'guarante']);
    expect(prefixesOf('a')).toEqual([]);
    expect(prefixesOf('𝒳𝒴𝒵')).toEqual(['𝒳𝒴', '𝒳𝒴𝒵']);
  });
});
