/** The files of the published log. A file is there whole or not at all, and stays after a power cut. */
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder, syncUpwards } from '../durable-folder.ts';
import {
  completeRoot,
  hashesOf,
  partialFolder,
  subtreeInTiles,
  hashesAtLevel,
  tilePath,
  TILE_WIDTH,
  type Tile,
} from '../merkle/tiles.ts';
import type { Subtrees } from '../merkle/proof.ts';
import { isMissing } from '../missing.ts';

/** No file of the log is larger: a bundle holds 256 entries of at most 65,535 bytes. */
const LARGEST_FILE = 17 * 1024 * 1024;
/** Tiles kept while a proof is put together. */
const MOST_TILES = 64;

/** What a disk says that has no second names, or no more of them, or one there already: a file is written instead. */
const NO_LINK = new Set(['EEXIST', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EXDEV']);

/** A file of the log is missing or is not what the layout says. */
export class LogFileProblem extends Error {
  override name = 'LogFileProblem';
}

export class LogFiles {
  readonly #directory: string;

  /** `directory`: `data/log`. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Undefined when it is not there. */
  async read(path: string): Promise<Uint8Array | undefined> {
    const file = join(this.#directory, path);
    try {
      const { size } = await stat(file);
      if (size > LARGEST_FILE) throw new LogFileProblem(`${path} is too large to be a file of the log`);
      return await readFile(file);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async readText(path: string): Promise<string | undefined> {
    const bytes = await this.read(path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  }

  /** Resolves when the file would survive a power cut. */
  async write(path: string, content: Uint8Array | string): Promise<void> {
    const file = join(this.#directory, path);
    const folder = dirname(file);
    const made = await mkdir(folder, { recursive: true });
    const temporary = `${file}.new`;
    const handle = await open(temporary, 'w', 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(folder);
    if (made !== undefined) await syncUpwards(folder, dirname(made));
  }

  /** The log that lies in a folder of this one. */
  below(folder: string): LogFiles {
    return new LogFiles(join(this.#directory, folder));
  }

  /** Gives a file a second name, which survives a power cut after `syncFolders`. False where that can't be. */
  async link(from: string, to: string): Promise<boolean> {
    const target = join(this.#directory, to);
    await mkdir(dirname(target), { recursive: true });
    try {
      await link(join(this.#directory, from), target);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && NO_LINK.has(String(error.code))) return false;
      throw error;
    }
  }

  /** Resolves when the names in these folders, and their own up to the log's, would survive a power cut. */
  async syncFolders(folders: readonly string[]): Promise<void> {
    const all = new Set<string>();
    for (const one of folders) for (let folder = one; !all.has(folder); folder = dirname(folder)) all.add(folder);
    for (const folder of all) await syncFolder(join(this.#directory, folder));
  }

  /** Moves a file or folder; nothing happens where it is not there. Resolves when it would survive a power cut. */
  async move(from: string, to: string): Promise<void> {
    const target = join(this.#directory, to);
    await mkdir(dirname(target), { recursive: true });
    try {
      await rename(join(this.#directory, from), target);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    await syncFolder(dirname(target));
    await syncFolder(this.#directory);
  }

  /** Takes away the partial forms of a tile or bundle, once the full one is there. */
  async removePartial(path: string): Promise<void> {
    await rm(join(this.#directory, partialFolder(path)), { recursive: true, force: true });
  }

  /** A tile; a partial one may lie as the beginning of the full one. */
  async tile(tile: Tile): Promise<Uint8Array | undefined> {
    const exact = await this.read(tilePath(tile));
    if (exact !== undefined || tile.width === TILE_WIDTH) return exact;
    const full = await this.read(tilePath({ ...tile, width: TILE_WIDTH }));
    return full?.subarray(0, tile.width * 32);
  }

  /** The complete subtrees of a published tree of `size` leaves. Rejects with LogFileProblem where a tile lacks. */
  subtrees(size: number): Subtrees {
    const known = new Map<string, readonly Uint8Array[]>();
    return async (height, index) => {
      const { tile, from, count } = subtreeInTiles(height, index);
      const width = Math.min(TILE_WIDTH, hashesAtLevel(size, tile.level) - tile.index * TILE_WIDTH);
      const path = tilePath({ ...tile, width });
      const hashes = known.get(path) ?? hashesOf((await this.tile({ ...tile, width })) ?? new Uint8Array(0), width);
      if (hashes === undefined) throw new LogFileProblem(`${path} is missing or cut`);
      if (known.size >= MOST_TILES) known.clear();
      known.set(path, hashes);
      return completeRoot(hashes.slice(from, from + count));
    };
  }
}
