import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isMissing, namesIn } from '../../../src/journal/missing.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-missing-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('nothing lies in a folder that is not there, nor below a file', async () => {
  await writeFile(join(dir, 'file'), '');
  await mkdir(join(dir, 'folder'));
  await writeFile(join(dir, 'folder', 'one'), '');
  expect(await namesIn(join(dir, 'folder'))).toEqual(['one']);
  expect(await namesIn(join(dir, 'none'))).toEqual([]);
  expect(await namesIn(join(dir, 'file', 'below'))).toEqual([]);
});

test('a folder that is there and can’t be read is not taken for an empty one', async () => {
  await expect(namesIn(join(dir, 'a'.repeat(300)))).rejects.toThrow('ENAMETOOLONG');
});

test('only the absence of a file is an answer', async () => {
  const reasons = await Promise.allSettled([readFile(join(dir, 'none')), readFile(dir)]);
  const errors = reasons.map((one) => (one.status === 'rejected' ? isMissing(one.reason) : undefined));
  expect(errors).toEqual([true, false]);
  for (const other of [undefined, null, 'ENOENT', new Error('ENOENT')]) expect(isMissing(other)).toBe(false);
});
