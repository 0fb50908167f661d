import { describe, expect, test } from '@jest/globals';
import { fold } from '../../../../src/policy/normalise/fold.ts';

/** Every character that Unicode has. */
function* everyCharacter(): Generator<string> {
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point < 0xd800 || point > 0xdfff) yield String.fromCodePoint(point);
  }
}

describe('What is known of characters', () => {
  test('the digits of every script are figures', () => {
    const others = [...everyCharacter()].filter((char) => /\p{Nd}/u.test(char) && !/^[0-9]$/.test(fold(char).folded));
    expect(others).toEqual([]);
  });

  test('a character is the same the first time and the second time it is met', () => {
    const chars = ['ß', 'Ａ', 'а', '１', '٣', 'ﷺ', '㎏', '𝐀', '🄰', '漢', '\u0300', '\u200b', '\u202e', '￿'];
    const first = chars.map((char) => fold(char));
    expect(chars.map((char) => fold(char))).toEqual(first);
  });
});
