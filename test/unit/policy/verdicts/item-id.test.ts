import { describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../../src/core/ids.ts';
import { itemId, parseItemId } from '../../../../src/policy/verdicts/item-id.ts';

const position = (n: number) => must(parsePosition(n));

describe('an item’s id', () => {
  test.each([
    [1, '2a23'],
    [31, '2a32'],
    [961, '2b22'],
    [29_790, 'zzz'],
    [29_791, '2b222'],
    [48_211, '3n78'],
    [Number.MAX_SAFE_INTEGER, itemId(position(Number.MAX_SAFE_INTEGER))],
  ])('of the verdict at %d is %s', (at, id) => {
    expect(itemId(position(at))).toBe(id);
    expect(parseItemId(id)).toEqual({ ok: true, value: at });
  });

  test('goes both ways for every position of a small house and for large ones', () => {
    const some = [
      ...Array.from({ length: 40_000 }, (_, i) => i + 1),
      ...Array.from({ length: 200 }, (_, i) => 7 ** 2 * 10 ** 9 + i),
    ];
    for (const at of some) expect(parseItemId(itemId(position(at)))).toEqual({ ok: true, value: at });
    expect(new Set(some.map((at) => itemId(position(at)))).size).toBe(some.length);
  });

  test('has only characters that are not mistaken for each other', () => {
    const all = Array.from({ length: 5_000 }, (_, i) => itemId(position(i + 1))).join('');
    expect(all).toMatch(/^[2-9a-hjkmnp-z]+$/u);
  });

  test('has a letter, so that nobody takes it for a record’s number', () => {
    for (let at = 1; at < 100_000; at += 1) expect(itemId(position(at))).toMatch(/[a-z]/u);
  });

  test.each([
    ['223', 1],
    ['322', 961],
    ['3222', 29_791],
  ])('“%s”, as older cards name it, is still read', (typed, at) => {
    expect(parseItemId(typed)).toEqual({ ok: true, value: at });
  });

  test('may be typed in any case', () => {
    expect(parseItemId('ZzZ')).toEqual({ ok: true, value: 29_790 });
  });

  test.each([
    '',
    'k4',
    '222',
    '2zzz',
    'k0f',
    'k1f',
    'kif',
    'kof',
    'k4f!',
    'k 4',
    'zzzzzzzzzzzz',
    'ｋ4f',
    '9999999999999',
    '2i22',
    '2j22',
    '2a',
  ])('“%s” is none', (text) => {
    expect(parseItemId(text)).toMatchObject({ ok: false, error: { what: 'item' } });
  });
});
