import { describe, expect, test } from '@jest/globals';
import { keptFor } from '../../../src/app/kept-for.ts';
import { must, parseClassId } from '../../../src/core/ids.ts';

const retention = {
  default: must(parseClassId('us-finra-6y')),
  classes: { own: { keep: { years: 1 } }, both: { keep: { ms: 90 * 86_400_000 }, erase: { years: 1 } } },
  assign: [],
  schedule: '17 3 * * *',
  homeserver: { purge: false },
};

describe('staff are told how long the record is kept', () => {
  test.each([
    ['us-finra-6y', '6 years'],
    ['short-30d', '30 days'],
    ['us-ia-204-2-5y', '6 years'],
    ['own', 'at least 1 year'],
    ['both', '90 days'],
  ])('by %s: %s', (name, words) => {
    expect(keptFor({ retention, lines: [], defaultClass: must(parseClassId(name)) })).toBe(words);
  });
});
