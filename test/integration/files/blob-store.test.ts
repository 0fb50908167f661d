import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BlobStore } from '../../../src/journal/blobs/blob-store.ts';
import type { StoredBlob } from '../../../src/journal/blobs/blob-writer.ts';

const CHUNK = 64 * 1024;
const CANARY = 'the heron stands in the reeds';

let data: string;
let blobs: BlobStore;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'gatehouse-blobs-'));
  blobs = new BlobStore(join(data, 'blobs'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

async function store(bytes: Uint8Array, piece = 10_000): Promise<StoredBlob> {
  await using writer = await blobs.begin();
  for (let at = 0; at < bytes.length; at += piece) await writer.write(bytes.subarray(at, at + piece));
  return await writer.finish();
}

async function read(stored: StoredBlob): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of blobs.read(stored)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function pathOf({ blob }: StoredBlob): string {
  return join(data, 'blobs', blob.slice(0, 2), blob);
}

function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a file on disk', () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])(
    'of %d bytes comes back as it was',
    async (size) => {
      const bytes = pattern(size);
      for (const piece of [7_777, CHUNK, CHUNK * 2 + 1]) {
        const stored = await store(bytes, piece);
        expect(stored).toMatchObject({ size, sha256: sha256(bytes) });
        expect((await read(stored)).equals(bytes)).toBe(true);
        expect(await blobs.check(stored.blob)).toBe('sound');
      }
    },
  );

  test('is named by the hash of what lies there, readable by its owner only', async () => {
    const stored = await store(Buffer.from(CANARY));
    expect(sha256(await readFile(pathOf(stored)))).toBe(stored.blob);
    for (const path of [pathOf(stored), join(data, 'blobs'), join(data, 'blobs', stored.blob.slice(0, 2))]) {
      expect((await stat(path)).mode & 0o077).toBe(0);
    }
    expect(await readdir(join(data, 'blobs', 'new'))).toEqual([]);
  });

  test('says nothing of what is in it, and the same bytes are another file each time', async () => {
    const [one, two] = [await store(Buffer.from(CANARY)), await store(Buffer.from(CANARY))];
    expect(one.blob).not.toBe(two.blob);
    expect((await readFile(pathOf(one))).includes('heron')).toBe(false);
  });

  test('opens with no other key', async () => {
    const [one, two] = [await store(pattern(100)), await store(pattern(100))];
    await expect(read({ ...one, key: two.key })).rejects.toMatchObject({ name: 'BlobDamaged', what: 'changed' });
  });

  test.each<[string, (path: string) => Promise<unknown>]>([
    ['cut short', (path) => truncate(path, CHUNK)],
    ['cut at the end of a chunk', (path) => truncate(path, CHUNK + 16)],
    ['longer', (path) => appendFile(path, 'x')],
    ['emptied', (path) => truncate(path, 0)],
    [
      'changed by one bit',
      async (path) => {
        const bytes = await readFile(path);
        bytes[CHUNK + 100] = (bytes[CHUNK + 100] ?? 0) ^ 1;
        await writeFile(path, bytes);
      },
    ],
  ])('that was %s is not given out as if it were whole', async (_how, harm) => {
    const stored = await store(pattern(2 * CHUNK));
    await harm(pathOf(stored));
    await expect(read(stored)).rejects.toMatchObject({ what: 'changed' });
    expect(await blobs.check(stored.blob)).toBe('changed');
  });

  test('that is gone is missing', async () => {
    const stored = await store(pattern(10));
    await blobs.remove(stored.blob);
    await expect(read(stored)).rejects.toMatchObject({ what: 'missing' });
    expect(await blobs.check(stored.blob)).toBe('missing');
  });

  test('leaves nothing behind when it is not finished', async () => {
    {
      await using writer = await blobs.begin();
      await writer.write(pattern(3 * CHUNK));
      expect(await readdir(join(data, 'blobs', 'new'))).toHaveLength(1);
    }
    expect(await readdir(join(data, 'blobs', 'new'))).toEqual([]);
    expect(await readdir(join(data, 'blobs'))).toEqual(['new']);
  });

  test('has a name that cannot lead out of its folder', async () => {
    await expect(blobs.check('../../etc/passwd')).rejects.toThrow(/no name of a blob/u);
    await expect(blobs.remove('..')).rejects.toThrow(/no name of a blob/u);
  });
});
