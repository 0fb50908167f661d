import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../../src/core/nearest.ts';

describe('the nearest known word', () => {
  test.each([
    ['staf', 'staff'],
    ['STAFF', 'staff'],
    ['conector', 'connector'],
    ['adress', 'address'],
    ['lnies', 'lines'],
  ])('%s means %s', (word, meant) => {
    expect(nearest(word, ['lines', 'staff', 'connector', 'address'])).toBe(meant);
  });

  test('a word that is like none names none', () => {
    expect(nearest('telephone', ['lines', 'staff', 'connector', 'address'])).toBeUndefined();
    expect(nearest('staff', [])).toBeUndefined();
  });
});
