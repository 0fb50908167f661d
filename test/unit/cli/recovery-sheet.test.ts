import { describe, expect, test } from '@jest/globals';
import { readRecoverySheet, recoverySheet } from '../../../src/cli/recovery-sheet.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256);
const sheet = recoverySheet(key);

describe('the recovery sheet', () => {
  test('is four lines of four groups', () => {
    expect(sheet).toHaveLength(4);
    for (const line of sheet) expect(line).toMatch(/^([0-9A-HJKMNP-TV-Z]{4} ){3}[0-9A-HJKMNP-TV-Z]{4}$/u);
  });

  test.each([
    ['as printed', (line: string) => line],
    ['in small letters without spaces', (line: string) => line.toLowerCase().replaceAll(' ', '')],
    ['with dashes', (line: string) => line.replaceAll(' ', '-')],
    ['with the letters O and l for digits', (line: string) => line.replaceAll('0', 'O').replaceAll('1', 'l')],
    ['with the line numbers of the sheet', (line: string, i: number) => ` ${String(i + 1)}:  ${line}`],
  ])('is read back %s', (_, typed) => {
    const read = readRecoverySheet(sheet.map((line, i) => typed(line, i)));
    expect(read.ok && Buffer.from(read.value).equals(key)).toBe(true);
  });

  test.each([0, 1, 2, 3])('a slip in line %d is named', (i) => {
    const wrong = sheet.map((line, j) => (i === j ? `${line.startsWith('7') ? '8' : '7'}${line.slice(1)}` : line));
    expect(readRecoverySheet(wrong)).toEqual({
      ok: false,
      error: `line ${String(i + 1)} is not copied correctly: compare it with the sheet`,
    });
  });

  test('swapped lines are noticed', () => {
    const [a = '', b = '', c = '', d = ''] = sheet;
    expect(readRecoverySheet([b, a, c, d])).toMatchObject({ ok: false });
  });

  test.each([[[]], [['ABCD']], [sheet.slice(0, 3)], [[...sheet, 'ABCD']], [['!', '?', '-', '*']]])(
    '%p is no sheet',
    (lines) => {
      expect(readRecoverySheet(lines)).toMatchObject({ ok: false });
    },
  );
});
