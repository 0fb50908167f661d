import { describe, expect, test } from '@jest/globals';
import { located } from '../../../../src/policy/rules/located.ts';
import type { PolicyFile } from '../../../../src/policy/rules/policy-file.ts';

const file: PolicyFile = {
  is: 'rules',
  name: 'a.yaml',
  text: ['rules:', '  - id: first', '    when:', '      any:', '        - pattern: a', '        - pattern: "("'].join(
    '\n',
  ),
};
function problemAt(path: string) {
  return { file: '', path, message: 'wrong', fix: 'mend it' };
}
function placeOf(path: string): string | undefined {
  return located([problemAt(path)], [file])[0]?.file;
}

describe('a problem of the engine', () => {
  test('is put to the line of what it speaks of', () => {
    expect(placeOf('rules.first.when.any.1.pattern')).toBe('a.yaml:6');
    expect(placeOf('rules.first.when')).toBe('a.yaml:3');
  });

  test('is put to the nearest thing around what the file leaves to its default', () => {
    expect(placeOf('rules.first.scope.hours')).toBe('a.yaml:2');
  });

  test('of no rule stays as it is', () => {
    const problem = problemAt('lexicons');
    expect(located([problem], [file])).toEqual([problem]);
    expect(placeOf('rules.another.when')).toBe('');
    expect(located([problem], [{ ...file, text: 'rules: 3' }])).toEqual([problem]);
  });
});
