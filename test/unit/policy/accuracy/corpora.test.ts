import { describe, expect, test } from '@jest/globals';

import { chats } from '../../../accuracy/chats/chats.ts';
import { ibanOf, luhnDigit, mod1110Digit, verhoeffDigit } from '../../../accuracy/chats/check-digits.ts';
import { bodyOf } from '../../../accuracy/mails.ts';
import { vectorsIn } from '../../../accuracy/vectors.ts';

describe("a spec of stdnum's", () => {
  const read = (spec: string) => vectorsIn('xx/yy', spec).map(({ text, valid }) => [text, valid]);

  test('says of a text that it is valid', () => {
    const spec = `it('a', () => { const result = validate('36 574'); expect(result.isValid && result.compact).toEqual('36574'); });`;
    expect(read(spec)).toEqual([['36 574', true]]);
  });

  test('says of a text what is wrong with it', () => {
    const spec = `it('a', () => { const result = validate('12'); expect(result.error).toBeInstanceOf(InvalidLength); });`;
    expect(read(spec)).toEqual([['12', false]]);
  });

  test('says the same of a table of texts', () => {
    const spec = `test.each(['1', '2'])('v:%s', value => { const result = validate(value); expect(result.isValid).toEqual(true); });`;
    expect(read(spec)).toEqual([
      ['1', true],
      ['2', true],
    ]);
  });

  test('is read past what says nothing of validity', () => {
    expect(read(`it('format:1', () => { expect(format('1')).toEqual('1'); });`)).toEqual([]);
    expect(read('this is no spec at all {{{')).toEqual([]);
  });
});

describe('a mail', () => {
  test('has its body behind the first empty line', () => {
    expect(bodyOf('From: a\nTo: b\n\nHello\n\nbye')).toBe('Hello\n\nbye');
    expect(bodyOf('From: a\r\n\r\nHello')).toBe('Hello');
  });

  test('without headers is all body', () => {
    expect(bodyOf('no headers here')).toBe('no headers here');
  });
});

describe('check digits', () => {
  test('are those that the standards print', () => {
    expect(luhnDigit('7992739871')).toBe('3');
    expect(ibanOf('GB', 'WEST12345698765432')).toBe('GB82WEST12345698765432');
    expect(ibanOf('DE', '370400440532013000')).toBe('DE89370400440532013000');
    expect(mod1110Digit('0794')).toBe('5');
    expect(verhoeffDigit('236')).toBe('3');
  });
});

describe('a made chat', () => {
  test('is the same for the same seed and another for another', () => {
    expect(chats(7, 50)).toEqual(chats(7, 50));
    expect(chats(7, 50)).not.toEqual(chats(8, 50));
  });

  test('knows where its values are', () => {
    const values = chats(7, 400).flatMap(({ text, labels }) => labels.map(({ start, end }) => text.slice(start, end)));
    expect(values.length).toBeGreaterThan(60);
    expect(values.filter((value) => value !== value.trim() || value.length < 7)).toEqual([]);
  });

  test('holds a value in about one message of four', () => {
    const share = chats(7, 4_000).filter(({ labels }) => labels.length > 0).length / 4_000;
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.28);
  });
});
