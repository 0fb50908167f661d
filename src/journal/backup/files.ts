/** Files of a backup: hashed as they are read, whole or not there, and listed with what they must be. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder, syncUpwards } from '../durable-folder.ts';
import { isMissing } from '../missing.ts';

const PIECE = 1024 * 1024;

export interface ListedFile {
  /** Relative to the backup's folder. */
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Size and hash of a file; undefined when it is not there. */
export async function hashFile(file: string): Promise<Pick<ListedFile, 'size' | 'sha256'> | undefined> {
  try {
    await using handle = await open(file, 'r');
    const hash = createHash('sha256');
    const piece = Buffer.alloc(PIECE);
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, PIECE);
      if (bytesRead === 0) return { size, sha256: hash.digest('hex') };
      hash.update(piece.subarray(0, bytesRead));
      size += bytesRead;
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Puts a file that never changes into a second place: as another name for the same bytes where the disk is the same,
 * else as a copy. On disk when it resolves, its folder apart.
 */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch (error) {
    if (isMissing(error)) throw error;
    await copyDurably(from, to);
  }
}

/** A copy with bytes of its own. On disk when it resolves, its folder apart. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await using handle = await open(to, 'r+');
  await handle.chmod(0o600);
  await handle.sync();
}

/** Writes a small file durably. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const made = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await using handle = await open(file, 'w', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await syncFolder(dirname(file));
  if (made !== undefined) await syncUpwards(dirname(file), dirname(made));
}

export function listText(files: readonly ListedFile[]): string {
  return files.map(({ sha256, size, path }) => `${sha256} ${size} ${path}\n`).join('');
}

const LINE = /^(?<sha256>[0-9a-f]{64}) (?<size>\d{1,15}) (?<path>[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)$/u;

/** Undefined for anything but such a list: no path leads out of the folder. */
export function readList(text: string): readonly ListedFile[] | undefined {
  const files: ListedFile[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const { sha256, size, path } = LINE.exec(line)?.groups ?? {};
    if (sha256 === undefined || path === undefined || path.split('/').includes('..')) return undefined;
    files.push({ sha256, size: Number(size), path });
  }
  return text === '' || text.endsWith('\n') ? files : undefined;
}

export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** In bytes; 0 for a file that is not there. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

export async function listed(folder: string, path: string): Promise<ListedFile> {
  const hashed = await hashFile(join(folder, path));
  if (hashed === undefined) throw new Error(`${path} vanished while the backup was made`);
  return { path, ...hashed };
}
