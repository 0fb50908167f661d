import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../../src/core/nearest.ts';

describe('the nearest known word', () => {
  test.each([
    ['staf', 'staff'],
    ['STAFF', 'staff'],
    ['conector', 'connector'],
    ['adress', 'address'],
    ['lnies', 'lines'],
    ['addr', 'address'],
  ])('%s means %s', (word, meant) => {
    expect(nearest(word, ['lines', 'staff', 'connector', 'address'])).toBe(meant);
  });

  test('a word that is like none names none', () => {
    expect(nearest('telephone', ['lines', 'staff', 'connector', 'address'])).toBeUndefined();
    expect(nearest('staff', [])).toBeUndefined();
    expect(nearest('', ['staff'])).toBeUndefined();
    expect(nearest('s', ['staff'])).toBeUndefined();
  });

  test('the beginning of two words names neither', () => {
    expect(nearest('li', ['lines', 'listen'])).toBeUndefined();
  });

  test('a very long word costs no more than a short one', () => {
    expect(nearest('x'.repeat(1_000_000), ['search'])).toBeUndefined();
  });
});
