import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { fileUri, openFilesHouse, pictureOfSize } from '../../integration/files/house.ts';
import { newPlace } from '../../support/journal.ts';

const keeper = fileURLToPath(new URL('./keeper.ts', import.meta.url));
const KILLS = 4;
const files = new Map([[fileUri, pictureOfSize(150_000)]]);

/** The events that the child put on record before it was killed at a moment that nobody chose. */
async function killWhileKeeping(dir: string, key: Uint8Array, after: number): Promise<readonly number[]> {
  const args = ['--disable-warning=ExperimentalWarning', keeper, dir, Buffer.from(key).toString('hex')];
  const child = spawn('node', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    said.push(line);
    if (said.length === after) child.kill('SIGKILL');
  });
  await once(lines, 'close');
  return said.filter((line) => /^\d+$/u.test(line)).map(Number);
}

async function blobsOnDisk(dir: string): Promise<readonly string[]> {
  const names = await readdir(join(dir, 'blobs'), { recursive: true });
  return names.flatMap((name) => /[0-9a-f]{64}$/u.exec(name) ?? []);
}

test('after a kill -9 every event has its file, whole, and no file lies there without a record', async () => {
  const made = await newPlace();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const events = await killWhileKeeping(made.dir, made.place.masterKey, kill * 7);
    expect(events.length).toBeGreaterThanOrEqual(kill * 7);
    await using house = await openFilesHouse({ at: { ...made, remove: () => Promise.resolve() }, files });
    await house.settle();
    const stored = await house.entries('file.stored');
    expect(stored.map(({ body }) => body.of)).toEqual(expect.arrayContaining([...events]));
    // None twice, none left out: also of the events whose turn was cut off.
    const seen = await house.entries('matrix.event');
    expect(stored.map(({ body }) => body.of).toSorted((a, b) => a - b)).toEqual(seen.map((entry) => entry.position));
    expect(await Promise.all(stored.map(({ body }) => house.blobs.check(body.blob)))).toEqual(
      stored.map(() => 'sound'),
    );
    expect((await blobsOnDisk(made.dir)).toSorted()).toEqual(stored.map(({ body }) => body.blob).toSorted());
  }
  await made.remove();
}, 60_000);
