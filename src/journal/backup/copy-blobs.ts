/** Copies the files on record into a backup: each once, checked against the hash that is its name. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-folder.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { isMissing } from '../missing.ts';
import { hashFile, linkOrCopy, sizeOf } from './files.ts';

export interface BlobCopy {
  readonly blobs: Pick<BlobStore, 'folders'>;
  /** `data/blobs`. */
  readonly from: string;
  /** The backup's `blobs/`. */
  readonly to: string;
  /** Told of each file's bytes. */
  readonly progress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface CopiedBlobs {
  /** Hash and size, a line each. */
  readonly list: string;
  readonly count: number;
  readonly bytes: number;
  readonly fresh: number;
  /** Not what their names say: left out, and to be looked at with `verify`. */
  readonly damaged: readonly string[];
}

export async function copyBlobs(copy: BlobCopy): Promise<CopiedBlobs> {
  const lines: string[] = [];
  const damaged: string[] = [];
  let [bytes, fresh] = [0, 0];
  await rm(join(copy.to, 'new'), { recursive: true, force: true });
  for await (const { prefix, blobs } of copy.blobs.folders()) {
    let changed = false;
    for (const blob of blobs) {
      copy.signal.throwIfAborted();
      const done = await copyOne(join(prefix, blob), blob, copy);
      if (done === 'gone') continue;
      if (done === 'damaged') {
        damaged.push(blob);
        continue;
      }
      lines.push(`${blob} ${done.size}\n`);
      bytes += done.size;
      if (done.fresh) fresh += 1;
      changed ||= done.fresh;
      copy.progress(done.size);
    }
    if (changed) await syncFolder(join(copy.to, prefix));
  }
  await rm(join(copy.to, 'new'), { recursive: true, force: true });
  return { list: lines.join(''), count: lines.length, bytes, fresh, damaged };
}

/** `gone`: it was erased between the look into the folder and this. */
async function copyOne(
  path: string,
  blob: string,
  { from, to }: BlobCopy,
): Promise<{ readonly size: number; readonly fresh: boolean } | 'gone' | 'damaged'> {
  const size = await sizeOf(join(from, path));
  const target = join(to, path);
  // It has its name since it was whole and checked.
  if (size > 0 && (await sizeOf(target)) === size) return { size, fresh: false };
  const unfinished = join(to, 'new', blob);
  try {
    await linkOrCopy(join(from, path), unfinished);
  } catch (error) {
    if (isMissing(error)) return 'gone';
    throw error;
  }
  const hashed = await hashFile(unfinished);
  if (hashed?.sha256 !== blob) {
    await rm(unfinished, { force: true });
    return 'damaged';
  }
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await rename(unfinished, target);
  return { size: hashed.size, fresh: true };
}
