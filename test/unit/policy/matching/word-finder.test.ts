import { describe, expect, test } from '@jest/globals';
import { buildWordFinder } from '../../../../src/policy/matching/word-finder.ts';

function found(terms: readonly string[], text: string): readonly string[] {
  const finder = buildWordFinder([terms]);
  if (!finder.ok) throw new Error(finder.error);
  return (finder.value.find(text)[0]?.hits ?? []).map(({ start, end }) => text.slice(start, end));
}

describe('Words and phrases of a lexicon', () => {
  test.each([
    ['a word among others', ['cell'], 'call my cell now', ['cell']],
    ['not a part of a word', ['cell'], 'cellar, excel, cell1, 1cell', []],
    ['at the ends of the text', ['cell'], 'cell', ['cell']],
    ['beside signs', ['cell'], '(cell), "cell"!', ['cell', 'cell']],
    ['a phrase', ['call my cell'], 'please call my cell', ['call my cell']],
    ['a phrase is not its words apart', ['call my cell'], 'call my old cell', []],
    [
      'a beginning, to the end of the word',
      ['guarante*'],
      'guaranteed guarantee: guarante guarant',
      ['guaranteed', 'guarantee', 'guarante'],
    ],
    ['a beginning only where a word begins', ['cell*'], 'excellent cellar', ['cellar']],
    [
      'letters beyond ASCII',
      ['ruf mich über signal an', 'llámame', 'größe'],
      'größe! ruf mich über signal an; llámame',
      ['größe', 'ruf mich über signal an', 'llámame'],
    ],
    ['bounded by letters of any script', ['über'], 'süüber überя über', ['über']],
    [
      'an apostrophe and a hyphen in a term',
      ["don't tell", 'off-channel'],
      "don't tell: off-channel",
      ["don't tell", 'off-channel'],
    ],
    ['terms that overlap', ['a b', 'b c', 'a b c'], 'a b c', ['a b c', 'a b', 'b c']],
    ['a term inside another', ['my cell', 'call my cell'], 'call my cell', ['call my cell', 'my cell']],
    [
      'up to two words between',
      ['take _ to whatsapp'],
      'take it to whatsapp; take all of to whatsapp; take to whatsapp',
      ['take it to whatsapp', 'take all of to whatsapp', 'take to whatsapp'],
    ],
    ['not three words between', ['take _ to whatsapp'], 'take all of it to whatsapp', []],
    ['parts in their order', ['take _ whatsapp'], 'whatsapp take', []],
    ['the nearest beginning', ['take _ whatsapp'], 'take a b c take it whatsapp', ['take it whatsapp']],
    ['room twice', ['put _ in _ pocket'], 'put it in my pocket', ['put it in my pocket']],
    ['room and an open end', ['text _ phone*'], 'text me phones', ['text me phones']],
    ['a sign at its end', ['100%'], 'it is 100% sure', ['100%']],
  ])('%s', (_, terms, text, expected) => {
    expect(found(terms, text)).toEqual(expected);
  });

  test('names the list and the term, and the same term in two lists is found in both', () => {
    const finder = buildWordFinder([['x', 'cell'], [], ['cell']]);
    expect(finder.ok && finder.value.find('my cell')).toEqual([
      { hits: [{ term: 1, start: 3, end: 7 }], cut: false },
      { hits: [], cut: false },
      { hits: [{ term: 0, start: 3, end: 7 }], cut: false },
    ]);
  });

  test('empty terms and empty lists find nothing', () => {
    expect(found(['', '*', ' _ '], 'anything * _ at all')).toEqual([]);
    expect(found([], 'anything')).toEqual([]);
  });

  test('of more than 1,000 hits it says that they are cut', () => {
    const finder = buildWordFinder([['a']]);
    const hits = finder.ok ? finder.value.find('a '.repeat(1_001))[0] : undefined;
    expect(hits?.hits).toHaveLength(1_000);
    expect(hits?.cut).toBe(true);
  });

  test('more words than the table takes are refused', () => {
    const terms = Array.from(
      { length: 60_000 },
      (_, index) => `${String(index * 7919)} of a long phrase ${String(index)}`,
    );
    expect(buildWordFinder([terms])).toEqual({ ok: false, error: 'too-many' });
  });
});
