import { describe, expect, test } from '@jest/globals';
import { parseWritten } from '../../../src/config/written.ts';

function lineOf(text: string, path: readonly PropertyKey[]): number | undefined {
  const written = parseWritten(text, 'the example');
  return written.ok ? written.value.lineOf(path) : undefined;
}

describe('the line of a path', () => {
  const text = ['a:', '  b: 1', '  c:', '    - x', '    - { d: 2,', '        e: 3 }', '12: y'].join('\n');
  test.each([
    [['a'], 1],
    [['a', 'b'], 2],
    [['a', 'c', 0], 4],
    [['a', 'c', 1, 'd'], 5],
    [['a', 'c', 1, 'e'], 6],
    [['a', 'c', 1, 'missing'], 5],
    [['a', 'missing', 'more'], 1],
    [['missing'], 1],
    [[], 1],
    [[12], 7],
  ])('%j is %i', (path, line) => {
    expect(lineOf(text, path)).toBe(line);
  });
});

describe('what is no YAML', () => {
  test('is told with its line, and with where a good one can be seen', () => {
    expect(parseWritten('a: 1\nb: "1', 'the example')).toEqual({
      ok: false,
      error: [expect.objectContaining({ line: 2, message: expect.stringContaining('quote') })],
    });
    const odd = parseWritten('a: "b" c', 'the example');
    expect(odd.ok ? [] : odd.error).toContainEqual(expect.objectContaining({ fix: 'compare with: the example' }));
  });

  test.each(['a: 1\n%b', 'a: @b', 'a: `b`', 'a: b: c'])('%j is told to be put in quotes', (text) => {
    const read = parseWritten(text, 'the example');
    const fixes = read.ok ? [] : read.error.map(({ fix }) => fix);
    expect(fixes).toContainEqual(expect.stringContaining('in quotes'));
  });

  test('a tab is told alone: what stands behind it is read wrongly for no other reason', () => {
    const read = parseWritten('a:\n\t- b: 1\n  - c: 2\nd: x: y', 'the example');
    expect(read.ok ? [] : read.error.map(({ line, message }) => [line, message])).toEqual([
      [2, 'is indented with a tab'],
    ]);
  });

  test('nests as deep as it likes without exhausting the reader', () => {
    expect(parseWritten('['.repeat(200_000), 'the example').ok).toBe(false);
  });
});
