/** Copies the published log as one checkpoint saw it, while it goes on being published. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKPOINT_FILE, VKEY_FILE } from '../log/log-names.ts';
import { bundlePath, newTiles, tilePath } from '../merkle/tiles.ts';
import { isMissing } from '../missing.ts';
import { linkOrCopy, listed, readText, writeDurably, type ListedFile } from './files.ts';

/** A publication in the middle of the copy takes partial tiles away: then it is copied once more. */
const TRIES = 10;
const EARLIER = /^epoch-\d+$/u;

export interface LogCopy {
  /** `data/log`. */
  readonly from: string;
  /** The backup's folder; the log goes to `log/` in it. */
  readonly to: string;
  /** The log in an earlier backup of the same disk, whose files are used again. */
  readonly before?: string;
}

/** Resolves with what was copied; nothing where nothing was published yet. @throws the disk's error */
export async function copyLog(copy: LogCopy): Promise<readonly ListedFile[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return [...(await current(copy)), ...(await earlier(copy))];
    } catch (error) {
      if (!isMissing(error) || tries === TRIES) throw error;
    }
  }
}

async function current(copy: LogCopy): Promise<readonly ListedFile[]> {
  const checkpoint = await readText(join(copy.from, CHECKPOINT_FILE));
  if (checkpoint === undefined) return [];
  const size = Number(checkpoint.split('\n')[1]);
  const tiles = newTiles(0, size);
  const bundles = tiles.filter((tile) => tile.level === 0).map(bundlePath);
  const files: ListedFile[] = [];
  for (const path of [VKEY_FILE, ...tiles.map(tilePath), ...bundles]) files.push(await one(copy, path));
  await writeDurably(join(copy.to, 'log', CHECKPOINT_FILE), checkpoint);
  return [...files, await listed(copy.to, `log/${CHECKPOINT_FILE}`)];
}

/** What was put aside never changes any more. */
async function earlier(copy: LogCopy): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  for (const path of await below(copy.from)) {
    if (EARLIER.test(path.split('/')[0] ?? '')) files.push(await one(copy, path));
  }
  return files;
}

async function below(folder: string): Promise<readonly string[]> {
  try {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A file of the log is never changed where it lies, only replaced: a second name for it stays what it is. */
async function one({ from, to, before }: LogCopy, path: string): Promise<ListedFile> {
  const target = join(to, 'log', path);
  // A full tile or bundle is the same in every backup of one epoch; which epoch `before` is of is the caller's to know.
  const full = path.startsWith('tile/') && !path.includes('.p/');
  try {
    await linkOrCopy(join(full && before !== undefined ? before : from, path), target);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await linkOrCopy(join(from, path), target);
  }
  return listed(to, `log/${path}`);
}
