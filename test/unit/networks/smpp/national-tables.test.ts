import { describe, expect, test } from '@jest/globals';
import { decodeGsm7 } from '../../../../src/networks/smpp/text/gsm7.ts';
import { nationalTables } from '../../../../src/networks/smpp/text/national-tables.ts';

const locking = 0x25;
const single = 0x24;

function read(hex: string, ...elements: (readonly [number, number])[]): string {
  const header = elements.map(([id, language]) => ({ id, data: Buffer.from([language]) }));
  return decodeGsm7(Buffer.from(hex, 'hex'), nationalTables(header));
}

/** A greeting in each language, by its locking table. */
const greetings: readonly [string, number, string, string][] = [
  ['Bengali', 4, '2f424c5f155044', 'নমস্কার'],
  ['Gujarati', 5, '2f424c5f2759', 'નમસ્તે'],
  ['Hindi', 6, '2f424c5f2759', 'नमस्ते'],
  ['Kannada', 7, '2f424c5f155044', 'ನಮಸ್ಕಾರ'],
  ['Malayalam', 8, '2f424c5f15504401', 'നമസ്കാരം'],
  ['Oriya', 9, '2f424c5f155044', 'ନମସ୍କାର'],
  ['Punjabi', 10, '4c27204c5f44522003155046', 'ਸਤ ਸ੍ਰੀ ਅਕਾਲ'],
  ['Tamil', 11, '4926155f15425f', 'வணக்கம்'],
  ['Telugu', 12, '2f424c5f15504401', 'నమస్కారం'],
  ['Urdu', 13, '3d4d004e', 'سلام'],
];

/** Septets 0x60 and 0x7b to 0x7f, which follow no common plan (TS 23.038, A.3). */
const lastRows: readonly [number, string][] = [
  [4, '\u09ce\u09d7\u09dc\u09dd\u09f0\u09f1'],
  [5, '\u0ad0\u0ae0\u0ae1\u0ae2\u0ae3\u0af1'],
  [6, '\u0950\u0972\u097b\u097c\u097e\u097f'],
  [7, '\u0cd5\u0cd6\u0ce0\u0ce1\u0ce2\u0ce3'],
  [8, '\u0d57\u0d60\u0d61\u0d62\u0d63\u0d79'],
  [9, '\u0b56\u0b57\u0b60\u0b61\u0b62\u0b63'],
  [10, '\u0a51\u0a70\u0a71\u0a72\u0a73\u0a74'],
  [11, '\u0bd0\u0bd7\u0bf0\u0bf1\u0bf2\u0bf9'],
  [12, '\u0c55\u0c56\u0c60\u0c61\u0c62\u0c63'],
  [13, '\u0654\u0655\u0651\u0653\u0656\u0670'],
];

/** Three, nine and the first sign after the digits, by the single shift table. */
const shifted: readonly [number, string, string][] = [
  [4, '1b1d1b231b24', '৩৯\u09df'],
  [5, '1b1f1b25', '૩૯'],
  [6, '1b1f1b251b261b2c', '३९\u0951\u0958'],
  [7, '1b1f1b251b26', '೩೯\u0cde'],
  [8, '1b1f1b251b261b34', '൩൯\u0d70\u0d7f'],
  [9, '1b1f1b251b26', '୩୯\u0b5c'],
  [10, '1b1f1b251b261b2d', '੩੯\u0a59\u0a75'],
  [11, '1b1f1b251b261b2e', '௩௯\u0bf3\u0bfa'],
  [12, '1b1f1b251b261b32', '౩౯\u0c58\u0c7f'],
  [13, '1b1f1b251b261b3f', '۳۹\u060c\u06d4'],
];

describe('a text in a national alphabet', () => {
  test.each(greetings)('is read in %s', (_name, language, hex, text) => {
    expect(read(hex, [locking, language])).toBe(text);
  });

  test.each(lastRows)('of language %i has its last row', (language, text) => {
    expect(read('607b7c7d7e7f', [locking, language])).toBe(text);
  });

  test.each(greetings)('in %s has digits, small letters and signs where ASCII has them', (_name, language) => {
    const plain = '0123456789:;,.!? abcxyz\n';
    expect(read(Buffer.from(plain).toString('hex'), [locking, language])).toBe(plain);
    // The brackets alone are the other way round in the standard.
    expect(read('2829', [locking, language])).toBe(')(');
  });

  test.each(greetings)('in %s has no letter twice, and one for each septet', (_name, language) => {
    const septets = Array.from({ length: 128 }, (_, septet) => septet).filter((septet) => septet !== 0x1b);
    const chars = Array.from(read(Buffer.from(septets).toString('hex'), [locking, language]));
    const letters = chars.filter((char) => char !== ' ');
    expect(chars).toHaveLength(127);
    expect(new Set(letters).size).toBe(letters.length);
  });

  test.each(shifted)('of language %i has its digits and signs behind an escape', (language, hex, text) => {
    expect(read(hex, [single, language])).toBe(text);
    expect(read(`1b00${hex}1b411b3c`, [locking, language], [single, language])).toBe(`@${text}A[`);
  });

  test('shows the locking table’s letter where the single shift table has none', () => {
    expect(read('1b7b', [locking, 6], [single, 6])).toBe('\u0972');
  });

  test('of a language that nobody defined is read with the default tables', () => {
    expect(read('486f1b65', [locking, 14], [single, 99])).toBe('Ho€');
  });
});
