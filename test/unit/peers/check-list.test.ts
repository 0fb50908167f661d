import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { CheckList } from '../../peers/check-list.ts';

let told: string[];

beforeEach(() => {
  told = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    told.push(String(line));
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('a peer that is not here fails the run, and it says what to do', () => {
  const list = new CheckList(false);
  list.missing('tshark', 'install tshark');
  list.finish();
  expect(told[0]).toBe('FAILED  tshark is not here: install tshark; `npm run test:peers -- --may-miss` goes without\n');
  expect(told[1]).toBe('peers: 0 passed, 1 failed, 0 skipped\n');
});

test('where it may be missing it is counted as skipped', () => {
  const list = new CheckList(true);
  list.missing('tshark', 'install tshark');
  list.finish();
  expect(told).toEqual(['skipped tshark: install tshark\n', 'peers: 0 passed, 0 failed, 1 skipped\n']);
});
