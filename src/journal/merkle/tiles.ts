/** How a tree lies in files: 256 hashes wide tiles, as C2SP tlog-tiles lays them out. */
import { HASH_BYTES, leafHash, nodeHash } from './hash.ts';

/** Hashes of a full tile, entries of a full bundle. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

export interface Tile {
  /** 0 holds leaf hashes; above it, each hash is the root of a full tile of the level below. */
  readonly level: number;
  readonly index: number;
  /** 1 to 256; a tile of 256 is full and never changes. */
  readonly width: number;
}

/** `tile/0/x001/x234/067.p/12`: relative to the log's prefix. */
export function tilePath(tile: Tile): string {
  return `tile/${tile.level}/${numberPath(tile)}`;
}

/** `tile/entries/...` of the bundle that belongs to a tile of level 0. */
export function bundlePath(tile: Omit<Tile, 'level'>): string {
  return `tile/entries/${numberPath(tile)}`;
}

/** The folder in which the partial forms of a tile lie: no longer needed once the full one is there. */
export function partialFolder(path: string): string {
  return `${path}.p`;
}

function numberPath({ index, width }: Omit<Tile, 'level'>): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const elements = digits.match(/\d{3}/gu) ?? [];
  const path = elements.map((element, i) => (i < elements.length - 1 ? `x${element}` : element)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

/** How many hashes level `level` of a tree of `size` leaves holds. */
export function hashesAtLevel(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Every tile of a tree of `size` leaves that the tree of `older` leaves did not have. */
export function newTiles(older: number, size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
    const had = hashesAtLevel(older, level);
    const now = hashesAtLevel(size, level);
    if (had === now) continue;
    for (let index = Math.floor(had / TILE_WIDTH); index * TILE_WIDTH < now; index += 1) {
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, now - index * TILE_WIDTH) });
    }
  }
  return tiles;
}

/** The tile of `level` at its right edge, in a tree of `size` leaves; undefined where that edge is a full tile. */
export function partialTile(size: number, level: number): Tile | undefined {
  const hashes = hashesAtLevel(size, level);
  const width = hashes % TILE_WIDTH;
  return width === 0 ? undefined : { level, index: Math.floor(hashes / TILE_WIDTH), width };
}

/** The hashes of a tile's bytes; undefined when these are not `width` hashes. */
export function hashesOf(bytes: Uint8Array, width: number): readonly Uint8Array[] | undefined {
  if (bytes.length !== width * HASH_BYTES) return undefined;
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** The root over 2^`height` hashes. */
export function completeRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i + 1 < row.length; i += 2) {
      const [left, right] = [row[i], row[i + 1]];
      if (left !== undefined && right !== undefined) above.push(nodeHash(left, right));
    }
    row = above;
  }
  const [root] = row;
  if (root === undefined) throw new RangeError('no hashes, no root');
  return root;
}

/** Where in the tiles the complete subtree of `height` at `index` lies: a run of `count` hashes of one tile. */
export function subtreeInTiles(
  height: number,
  index: number,
): { tile: Omit<Tile, 'width'>; from: number; count: number } {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height % TILE_HEIGHT);
  const first = index * count;
  return { tile: { level, index: Math.floor(first / TILE_WIDTH) }, from: first % TILE_WIDTH, count };
}

/** The longest entry that a bundle can hold, in bytes. */
export const LONGEST_ENTRY = 0xffff;

/** An entry bundle: each entry behind its length as a big-endian uint16. @throws RangeError for one that is too long. */
export function bundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    if (entry.length > LONGEST_ENTRY) throw new RangeError(`an entry of ${entry.length} bytes does not fit a bundle`);
    return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry];
  });
  return Buffer.concat(parts);
}

/** The leaf hashes of a bundle's entries; undefined when the bytes are not whole entries. */
export function leavesOfBundle(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const leaves: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + view.getUint16(at);
    if (end > bytes.length) return undefined;
    leaves.push(leafHash(bytes.subarray(at + 2, end)));
    at = end;
  }
  return leaves;
}
