import { describe, expect, test } from '@jest/globals';
import { diskOf, diskState, diskWords, type DiskState } from '../../../src/app/disk.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;
const TB = 1024 * GB;

describe('the room on the disk that the records lie on', () => {
  test.each<readonly [string, number, number, DiskState]>([
    ['nothing', 0, 100 * GB, 'full'],
    ['one byte', 1, 100 * GB, 'scarce'],
    ['just less than 200 MB', 200 * MB - 1, 100 * GB, 'scarce'],
    ['200 MB', 200 * MB, 100 * GB, 'low'],
    ['just less than a gigabyte', GB - 1, 10 * GB, 'low'],
    ['a gigabyte of few', GB, 10 * GB, 'plenty'],
    ['just less than a twentieth of a large disk', 0.05 * TB - 1_000, TB, 'low'],
    ['a twentieth of a large disk', 0.05 * TB, TB, 'plenty'],
    ['a small disk that is empty', 24 * MB, 24 * MB, 'scarce'],
  ])('%s is free', (_, freeBytes, totalBytes, state) => {
    expect(diskState({ freeBytes, totalBytes })).toBe(state);
  });

  test('the words say how much is free and what to do', () => {
    const wordsOf = (freeBytes: number): string => diskWords({ freeBytes, totalBytes: 10 * GB });
    expect(wordsOf(0)).toMatch(/^No room left .* Make room now\.$/u);
    expect(wordsOf(150 * MB + 5)).toMatch(/^Almost no room: 150 MB free .* Make room now\.$/u);
    expect(wordsOf(900 * MB)).toMatch(/^Little room: 900 MB free .* Make room before it is full\.$/u);
  });

  test('where the system does not say nothing is known', async () => {
    expect(await diskOf('/nowhere/at/all')).toBeUndefined();
  });
});
