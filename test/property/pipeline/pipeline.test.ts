import { expect, test } from '@jest/globals';
import { commandOf, lineOf, simulate } from './simulate.ts';

const HISTORIES = 2_000;
const SEED = 20_261_122;

test(`the pipeline keeps every promise in ${String(HISTORIES)} histories of crashes, repeats and lost answers`, async () => {
  const found = await simulate({ histories: HISTORIES, seed: SEED, verifyEvery: 50 });
  expect({ broken: found.broken?.violation, again: commandOf(found) }).toEqual({ broken: undefined, again: undefined });
  expect(found.histories).toBe(HISTORIES);
  process.stdout.write(`pipeline: ${lineOf(found)}\n`);
}, 300_000);
