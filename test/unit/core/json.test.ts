import { describe, expect, test } from '@jest/globals';
import { jcs, NotCanonical, parseJson, type Json } from '../../../src/core/json.ts';

describe('the canonical text of a JSON value', () => {
  test('sorts keys by UTF-16 code units and writes numbers as ECMAScript does (RFC 8785, 3.2.3)', () => {
    const example = { '€': 'Euro Sign', '\r': 'Carriage Return', 1: 'One', '😀': 'Smiley', '\u0080': 'Control' };
    expect(jcs({ numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27], literals: [null, true, false] })).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    );
    expect(Object.keys(example)).toHaveLength(5);
    expect(jcs(example)).toBe('{"\\r":"Carriage Return","1":"One","\u0080":"Control","€":"Euro Sign","😀":"Smiley"}');
  });

  test.each([[NaN], [Infinity], ['\ud800'], [{ '\udc00': 1 }]])('refuses %p, which has none', (value) => {
    expect(() => jcs(value)).toThrow(NotCanonical);
  });

  test('refuses more levels than a stack should have to bear', () => {
    let deep: Json = 1;
    for (let i = 0; i < 101; i += 1) deep = [deep];
    const tooDeep = deep;
    expect(() => jcs(tooDeep)).toThrow(NotCanonical);
  });
});

test('a text that is no JSON says nothing, whatever it looks like', () => {
  expect(parseJson('{"a": [1, null]}')).toEqual({ a: [1, null] });
  expect(parseJson('null')).toBeNull();
  for (const text of ['', '{', '{"a": undefined}', '<html>', "{'a': 1}", '{"a": 1} {}'])
    expect(parseJson(text)).toBeUndefined();
});
