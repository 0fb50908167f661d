import { expect, test } from '@jest/globals';
import type { Candidate } from '../../../../src/policy/detector.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { bestOf } from '../../../../src/policy/detectors/best-candidates.ts';
import { endOf, startOf } from '../../../../src/policy/detectors/masked.ts';

function at(start: number, end: number, confidence: number): Candidate {
  return { span: { start, end }, value: '', confidence, checksum: 'none', masked: '' };
}

test('of findings that overlap the surest stays, of equally sure ones the longest, of those the first', () => {
  expect(bestOf([at(0, 4, 0.5), at(2, 6, 0.85)])).toEqual([at(2, 6, 0.85)]);
  expect(bestOf([at(2, 6, 0.5), at(0, 8, 0.5)])).toEqual([at(0, 8, 0.5)]);
  expect(bestOf([at(2, 6, 0.5), at(0, 4, 0.5)])).toEqual([at(0, 4, 0.5)]);
});

test('what only touches stays, in the order of the text', () => {
  expect(bestOf([at(4, 8, 0.85), at(0, 4, 0.5), at(8, 9, 0.1)])).toEqual([
    at(0, 4, 0.5),
    at(4, 8, 0.85),
    at(8, 9, 0.1),
  ]);
});

test('what loses to one doesn’t keep another out', () => {
  expect(bestOf([at(0, 4, 0.5), at(3, 8, 0.7), at(7, 12, 0.85)])).toEqual([at(0, 4, 0.5), at(7, 12, 0.85)]);
});

test('a flood is cut', () => {
  expect(bestOf(Array.from({ length: 1000 }, (_, i) => at(i * 2, i * 2 + 1, 0.5)))).toHaveLength(400);
});

test('no more than four characters of a value are shown, fewer of a short one', () => {
  expect(endOf('4111111111111111')).toBe('ends 1111');
  expect(endOf('1234567')).toBe('ends 67');
  expect(endOf('12')).toBe('ends ');
  expect(startOf('AKIAIOSFODNN7EXAMPLE')).toBe('AKIA…');
  expect(endOf('aaaaaaaaaaa😀')).toBe('ends aaa😀');
});

test('each detector has a name of its own, words for the officer and context words', () => {
  expect(new Set(allDetectors.map(({ id }) => id)).size).toBe(allDetectors.length);
  for (const { says, contextWords } of allDetectors) {
    expect(says).toMatch(/^an? \S/);
    expect(contextWords.length).toBeGreaterThan(0);
  }
});

test('more than forty countries have one', () => {
  expect(allDetectors.filter(({ id }) => id.startsWith('id-')).length).toBeGreaterThan(40);
});
