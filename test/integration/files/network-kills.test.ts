/** Killed between any two steps: each turn ends in one commit, so the next life finds what the last one left. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openBridgedFiles, PNG } from './bridged-house.ts';

const DOWN = { kind: 'down', detail: 'HTTP 503' } as const;

async function blobsIn(dir: string): Promise<readonly string[]> {
  const names = await readdir(join(dir, 'blobs'), { recursive: true });
  return names.filter((name) => /[0-9a-f]{64}$/u.test(name));
}

test('after the bytes lie on disk and before they are on record: they are fetched again, and lie there once', async () => {
  await using house = await openBridgedFiles({ scanned: true });
  house.network.files.set('p', PNG);
  // As a kill leaves it: a whole blob that no entry names.
  const writer = await house.blobs.begin();
  await writer.write(PNG);
  await writer.finish();
  await writer[Symbol.asyncDispose]();
  await house.restart();
  expect(await blobsIn(house.dir)).toEqual([]);
  await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
  await house.pass(1_000);
  expect(await blobsIn(house.dir)).toHaveLength(1);
});

test('after the file is on record and before it is shown: it is not fetched again, and shown once', async () => {
  await using house = await openBridgedFiles();
  house.network.files.set('p', PNG);
  const back = house.homeserver.failAlways('upload', DOWN);
  await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
  await house.pass(1_000);
  expect(await house.entries('file.stored')).toHaveLength(1);
  back();
  await house.restart();
  await house.pass(60_000);
  expect(house.network.fetched).toEqual(['p']);
  expect(house.shown().map(({ content }) => content['body'])).toEqual(['look']);
});

test('after the room has it and before that is on record: it is found there, and not uploaded again', async () => {
  await using house = await openBridgedFiles();
  house.network.files.set('p', PNG);
  house.homeserver.fail('send', { kind: 'unclear', detail: 'the answer was lost' }, { done: true });
  await house.bring([{ kind: 'image', ref: 'p', name: 'a.png' }], 'look');
  await house.pass(1_000);
  await house.restart();
  await house.pass(60_000);
  expect(house.shown()).toHaveLength(1);
  expect(house.homeserver.calls.filter((call) => call === 'upload')).toHaveLength(1);
});
