import { describe, expect, test } from '@jest/globals';
import { callerOf } from '../../../src/matrix/bearer.ts';

describe('a caller of the appservice API', () => {
  test.each([
    [undefined, 'nobody'],
    ['', 'nobody'],
    ['Bearer', 'nobody'],
    ['Bearer ', 'nobody'],
    ['Basic dGhlaXJz', 'nobody'],
    ['theirs', 'nobody'],
    ['Bearer theirs and more', 'nobody'],
    ['Bearer their', 'stranger'],
    ['Bearer theirss', 'stranger'],
    ['Bearer THEIRS', 'stranger'],
    ['Bearer ours', 'stranger'],
    ['Bearer theirs', 'homeserver'],
    ['bearer theirs', 'homeserver'],
  ])('who shows %p is %s', (header, caller) => {
    expect(callerOf(header, 'theirs')).toBe(caller);
  });
});
