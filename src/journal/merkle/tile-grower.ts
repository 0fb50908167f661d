/** Grows a tiled tree leaf by leaf in bounded memory: of each level only the tile at the right edge is held. */
import { HASH_BYTES } from './hash.ts';
import { completeRoot, hashesAtLevel, hashesOf, partialTile, TILE_WIDTH, type Tile } from './tiles.ts';
import { CompactTree } from './tree.ts';

export interface TileBytes {
  readonly tile: Tile;
  readonly bytes: Uint8Array;
}

export class TileGrower {
  readonly #levels: Uint8Array[][];
  readonly #tree: CompactTree;

  private constructor(levels: Uint8Array[][], tree: CompactTree) {
    this.#levels = levels;
    this.#tree = tree;
  }

  static empty(): TileGrower {
    return new TileGrower([], CompactTree.empty());
  }

  /** Goes on from the tiles of a tree of `size` leaves; undefined when one of them is missing or cut. */
  static async restore(
    size: number,
    read: (tile: Tile) => Promise<Uint8Array | undefined>,
  ): Promise<TileGrower | undefined> {
    const levels: Uint8Array[][] = [];
    for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
      const tile = partialTile(size, level);
      const bytes = tile === undefined ? new Uint8Array(0) : await read(tile);
      const hashes = bytes === undefined ? undefined : hashesOf(bytes, tile?.width ?? 0);
      if (hashes === undefined) return undefined;
      levels.push([...hashes]);
    }
    return new TileGrower(levels, compact(size, levels));
  }

  get size(): number {
    return this.#tree.size;
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  /** The compact form of the tree, which grows apart from this one. */
  compact(): CompactTree {
    return this.#tree.copy();
  }

  /** Adds a leaf hash; returns the tiles that became full by it, the lowest first. */
  append(leaf: Uint8Array): readonly TileBytes[] {
    this.#tree.append(leaf);
    const full: TileBytes[] = [];
    let hash = leaf;
    for (let level = 0; ; level += 1) {
      const row = (this.#levels[level] ??= []);
      row.push(hash);
      if (row.length < TILE_WIDTH) return full;
      const index = hashesAtLevel(this.size, level) / TILE_WIDTH - 1;
      full.push({ tile: { level, index, width: TILE_WIDTH }, bytes: Buffer.concat(row) });
      hash = completeRoot(row);
      this.#levels[level] = [];
    }
  }

  /** The tiles at the right edge that are not full. */
  partial(): readonly TileBytes[] {
    return this.#levels.flatMap((row, level) => {
      const tile = partialTile(this.size, level);
      return tile === undefined ? [] : [{ tile, bytes: Buffer.concat(row) }];
    });
  }
}

/** The compact form of a tree of which the right edge is known. */
function compact(size: number, levels: readonly (readonly Uint8Array[])[]): CompactTree {
  const roots: Uint8Array[] = [];
  for (const row of levels.toReversed()) {
    let from = 0;
    for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
      if (row.length - from < width) continue;
      roots.push(completeRoot(row.slice(from, from + width)));
      from += width;
    }
  }
  const saved = new Uint8Array(8 + roots.length * HASH_BYTES);
  new DataView(saved.buffer).setBigUint64(0, BigInt(size));
  roots.forEach((root, i) => {
    saved.set(root, 8 + i * HASH_BYTES);
  });
  return CompactTree.restore(saved);
}
