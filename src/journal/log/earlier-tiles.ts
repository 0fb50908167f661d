/**
 * Files of earlier epochs that say what the current one would: after a restore nearly all of them do. They are compared
 * with the leaves and get a second name, which is one write of a folder for many, where a file is one for itself.
 */
import { dirname } from 'node:path';
import { sameHash } from '../merkle/hash.ts';
import { leavesOfBundle } from '../merkle/tiles.ts';
import type { LogFiles } from './log-files.ts';

export class EarlierTiles {
  readonly #files: LogFiles;
  readonly #folders: readonly string[];
  /** Folders with names that are not synced yet. */
  readonly #unsynced = new Set<string>();

  /** `folders`: of the earlier epochs, below the log's own. */
  constructor(files: LogFiles, folders: readonly string[]) {
    this.#files = files;
    this.#folders = folders;
  }

  /** True when a file with these bytes is there under `path` now. */
  takeTile(path: string, bytes: Uint8Array): Promise<boolean> {
    return this.#take(path, (found) => Buffer.compare(found, bytes) === 0);
  }

  /** True when a bundle of exactly the entries of these leaves is there under `path` now. */
  takeBundle(path: string, leaves: readonly Uint8Array[]): Promise<boolean> {
    return this.#take(path, (found) => {
      const had = leavesOfBundle(found);
      return (
        had?.length === leaves.length && had.every((leaf, at) => sameHash(leaf, leaves[at] ?? leaf.subarray(0, 0)))
      );
    });
  }

  /** Resolves when all that was taken would survive a power cut. */
  async settle(): Promise<void> {
    await this.#files.syncFolders([...this.#unsynced]);
    this.#unsynced.clear();
  }

  async #take(path: string, isSame: (found: Uint8Array) => boolean): Promise<boolean> {
    if (this.#folders.length === 0) return false;
    const own = await this.#files.read(path);
    const taken = own === undefined ? await this.#linkFrom(path, isSame) : isSame(own);
    if (taken) this.#unsynced.add(dirname(path));
    return taken;
  }

  async #linkFrom(path: string, isSame: (found: Uint8Array) => boolean): Promise<boolean> {
    for (const folder of this.#folders) {
      const from = `${folder}/${path}`;
      const found = await this.#files.read(from);
      if (found !== undefined && isSame(found) && (await this.#files.link(from, path))) return true;
    }
    return false;
  }
}
