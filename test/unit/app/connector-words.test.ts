import { describe, expect, test } from '@jest/globals';
import { errorWords } from '../../../src/app/connector-words.ts';

const settings = {
  ...{ host: 'smsc.example', token: 'abcdef', password: 'short', apiKey: 'k-123456' },
  ...{ secrets: { anything: 'under-secrets' }, accounts: [{ authToken: 'in-a-list' }], lines: 3 },
};

describe('what an error of a connector says to people', () => {
  test.each([
    ['is its first line', new Error('no licence.\n    at somewhere'), 'no licence'],
    ['may be thrown as a word', 'no', 'no'],
    [
      'has no secret of the config',
      new Error('abcdef k-123456 under-secrets in-a-list'),
      Array(4).fill('[secret]').join(' '),
    ],
    ['names what is no secret', new Error('nobody at smsc.example'), 'nobody at smsc.example'],
    ['has no number of a customer', new Error('refused for +12025550199'), 'refused for [phone]'],
    ['is never nothing', new Error(''), 'it did not say why'],
  ])('%s', (_what, error, words) => {
    expect(errorWords(error, settings)).toBe(words);
  });

  test('is no longer than a line', () => {
    expect(errorWords(new Error('no '.repeat(1_000)), settings).length).toBeLessThanOrEqual(201);
  });
});
