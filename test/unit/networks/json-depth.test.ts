import { expect, test } from '@jest/globals';
import { depthMost, isShallow } from '../../../src/networks/json-depth.ts';

test('a text is shallow up to a hundred levels, whatever stands in its strings', () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  expect(isShallow(nested(depthMost))).toBe(true);
  expect(isShallow(nested(depthMost + 1))).toBe(false);
  expect(isShallow('{"a":1},'.repeat(1_000))).toBe(true);
  expect(isShallow(JSON.stringify({ text: `${'['.repeat(500)}\\"${'{'.repeat(500)}` }))).toBe(true);
  expect(isShallow('["\\\\",[')).toBe(true);
});
