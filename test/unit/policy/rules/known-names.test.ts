import { describe, expect, test } from '@jest/globals';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';

const known = { tags: ['deals', 'board'], groups: ['research'], lines: ['sales'], networks: ['sms'] };
const read = (scope: string) => {
  const text = `rules:\n  - id: a\n    says: a\n    when: { detector: card }\n    then: flag\n    scope:\n${scope}`;
  return readRules([{ name: 'a.yaml', text, is: 'rules' }], known);
};

describe('a rule that names what the config names', () => {
  test('is taken with tags and groups that there are', () => {
    expect(read('      tags: [deals]\n      senderIn: [research]\n').ok).toBe(true);
  });

  test('and names none that there is, is refused with the line and the nearest one', () => {
    expect(read('      tags:\n        - board\n        - dealss\n')).toEqual({
      ok: false,
      error: [
        {
          file: 'a.yaml:9',
          path: 'rules[0].scope.tags[1]',
          message: 'the config has no tag dealss (did you mean deals?)',
          fix: 'write deals, or add it under policy.tags',
        },
      ],
    });
    expect(read('      senderIn: [quants]\n')).toMatchObject({
      error: [{ message: 'the config has no group quants', fix: 'add it under groups in the config' }],
    });
  });

  test('names a line and a network that there are', () => {
    expect(read('      lines: [sales]\n      networks: [sms]\n').ok).toBe(true);
    expect(read('      lines: [slaes]\n')).toMatchObject({
      error: [{ file: 'a.yaml:7', message: 'the config has no line slaes (did you mean sales?)' }],
    });
    expect(read('      networks: [xmpp]\n')).toMatchObject({
      error: [{ message: 'the config has no line of the network xmpp', fix: 'add it under lines in the config' }],
    });
  });

  test('is not looked at where nobody knows the config', () => {
    const text = 'rules: [{ id: a, says: a, when: { detector: card }, then: flag, scope: { tags: [x] } }]\n';
    expect(readRules([{ name: 'a.yaml', text, is: 'rules' }]).ok).toBe(true);
  });
});
