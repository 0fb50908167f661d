/** Compares the published files, tile by tile and bundle by bundle, with what the records give. */
import type { LogFiles } from './log/log-files.ts';
import { HASH_BYTES, sameHash } from './merkle/hash.ts';
import { TileGrower, type TileBytes } from './merkle/tile-grower.ts';
import { bundle, bundlePath, tilePath, TILE_WIDTH } from './merkle/tiles.ts';
import type { CompactTree } from './merkle/tree.ts';

/** A published file that is not what the records give. */
export interface FileMismatch {
  /** The first record that it differs in, or the first that it covers. */
  readonly position: number;
  readonly path: string;
}

export class PublishedCheck {
  readonly #files: LogFiles | undefined;
  /** How much was published; further records have no files. */
  readonly #size: number;
  readonly #grower = TileGrower.empty();
  #headers: Uint8Array[] = [];
  #first: FileMismatch | undefined;

  constructor(files: LogFiles | undefined, size: number) {
    this.#files = files;
    this.#size = size;
  }

  /** The first file that differs. */
  get mismatch(): FileMismatch | undefined {
    return this.#first;
  }

  get size(): number {
    return this.#grower.size;
  }

  tree(): CompactTree {
    return this.#grower.compact();
  }

  /** Takes the next record, whose leaf is that of `header`. Resolves when the files that end with it are compared. */
  add(header: Uint8Array, leaf: Uint8Array): Promise<void> | undefined {
    const full = this.#grower.append(leaf);
    if (this.#files === undefined || this.#first !== undefined || this.size > this.#size) return undefined;
    this.#headers.push(header);
    const atEdge = this.size === this.#size;
    if (full.length === 0 && !atEdge && this.#headers.length < TILE_WIDTH) return undefined;
    return this.#compareAll(atEdge ? [...full, ...this.#grower.partial()] : full, this.#files);
  }

  async #compareAll(tiles: readonly TileBytes[], files: LogFiles): Promise<void> {
    for (const tile of tiles) await this.#compare(tile, files);
    await this.#compareBundle(files);
  }

  async #compare({ tile, bytes }: TileBytes, files: LogFiles): Promise<void> {
    const path = tilePath(tile);
    const found = await files.tile(tile);
    if (found !== undefined && sameHash(found, bytes)) return;
    const hashes = Array.from({ length: tile.width }, (_, i) => i * HASH_BYTES);
    const different = hashes.findIndex((at) => {
      const there = found?.subarray(at, at + HASH_BYTES) ?? new Uint8Array(0);
      return !sameHash(there, bytes.subarray(at, at + HASH_BYTES));
    });
    const covers = TILE_WIDTH ** tile.level;
    const first = tile.index * TILE_WIDTH + Math.max(0, different);
    this.#note({ position: first * covers + 1, path });
  }

  async #compareBundle(files: LogFiles): Promise<void> {
    const width = this.#headers.length;
    const start = this.size - width;
    const path = bundlePath({ index: start / TILE_WIDTH, width });
    const expected = bundle(this.#headers);
    const found = (await files.read(path)) ?? (await this.#beginningOfFull(files, start, expected.length));
    if (found === undefined || !sameHash(found, expected)) this.#note({ position: start + 1, path });
    this.#headers = [];
  }

  /** Whoever publishes meanwhile takes a partial bundle away once the full one is there. */
  async #beginningOfFull(files: LogFiles, start: number, length: number): Promise<Uint8Array | undefined> {
    const full = await files.read(bundlePath({ index: start / TILE_WIDTH, width: TILE_WIDTH }));
    return full?.subarray(0, length);
  }

  #note(mismatch: FileMismatch): void {
    this.#first ??= mismatch;
  }
}
