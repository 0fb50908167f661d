import { describe, expect, test } from '@jest/globals';
import { Hangups } from '../../../src/cli/hangups.ts';

describe('a hangup', () => {
  test('that comes before anybody listens is told once, as soon as somebody does', () => {
    const hangups = new Hangups();
    hangups.heard();
    hangups.heard();
    let told = 0;
    hangups.tell(() => {
      told += 1;
    });
    expect(told).toBe(1);
    hangups.heard();
    expect(told).toBe(2);
  });

  test('that never came is never told', () => {
    const hangups = new Hangups();
    let told = 0;
    hangups.tell(() => {
      told += 1;
    });
    expect(told).toBe(0);
  });
});
