import { describe, expect, test } from '@jest/globals';
import { rootOf } from '../../../src/journal/merkle/proof.ts';
import { TileGrower, type TileBytes } from '../../../src/journal/merkle/tile-grower.ts';
import {
  bundle,
  bundlePath,
  completeRoot,
  hashesOf,
  leavesOfBundle,
  newTiles,
  subtreeInTiles,
  tilePath,
  type Tile,
} from '../../../src/journal/merkle/tiles.ts';
import { CompactTree, leafHash } from '../../../src/journal/merkle/tree.ts';

const leaf = (i: number): Uint8Array => leafHash(Buffer.from(`${i}`));

function grow(grower: TileGrower, upTo: number, files: Map<string, Uint8Array>): void {
  const keep = ({ tile, bytes }: TileBytes): void => {
    files.set(tilePath(tile), bytes);
  };
  while (grower.size < upTo) grower.append(leaf(grower.size)).forEach(keep);
  grower.partial().forEach(keep);
}

describe('tiles', () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 1000, width: 3 }, 'tile/1/x001/000.p/3'],
    [{ level: 63, index: 999, width: 255 }, 'tile/63/999.p/255'],
  ])('%j lies at %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });

  test('the bundle of a tile lies at the same number', () => {
    expect(bundlePath({ index: 273, width: 112 })).toBe('tile/entries/273.p/112');
  });

  test('70,000 leaves are 273 full and a partial tile, one full and a partial above, and one of a single hash', () => {
    const tiles = newTiles(0, 70_000);
    const at = (level: number): readonly Tile[] => tiles.filter((tile) => tile.level === level);
    expect(at(0)).toHaveLength(274);
    expect(
      at(0)
        .slice(0, 273)
        .every((tile) => tile.width === 256),
    ).toBe(true);
    expect(at(0)[273]).toEqual({ level: 0, index: 273, width: 112 });
    expect(at(1)).toEqual([
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
    ]);
    expect(at(2)).toEqual([{ level: 2, index: 0, width: 1 }]);
    expect(tiles).toHaveLength(277);
  });

  test('256 leaves are a full tile and one of a single hash', () => {
    expect(newTiles(0, 256)).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
  });

  test('growth adds only what changed', () => {
    expect(newTiles(70_000, 70_001)).toEqual([{ level: 0, index: 273, width: 113 }]);
    expect(newTiles(70_000, 70_000)).toEqual([]);
  });
});

describe('growing a tiled tree', () => {
  test('writes the tiles of the layout, and their hashes make the root', async () => {
    const files = new Map<string, Uint8Array>();
    const grower = TileGrower.empty();
    grow(grower, 66_000, files);
    expect([...files.keys()].toSorted()).toEqual(newTiles(0, 66_000).map(tilePath).toSorted());
    const tree = CompactTree.empty();
    for (let i = 0; i < 66_000; i += 1) tree.append(leaf(i));
    expect(grower.root()).toEqual(tree.root());
    const fromTiles = await rootOf(66_000, (height, index) => {
      const { tile, from, count } = subtreeInTiles(height, index);
      const known = newTiles(0, 66_000).find((t) => t.level === tile.level && t.index === tile.index);
      const bytes = known === undefined ? undefined : files.get(tilePath(known));
      const hashes = hashesOf(bytes ?? new Uint8Array(0), known?.width ?? 0) ?? [];
      return Promise.resolve(completeRoot(hashes.slice(from, from + count)));
    });
    expect(fromTiles).toEqual(tree.root());
  });

  test.each([1, 255, 256, 257, 65_536, 65_800])('goes on from the tiles of %i leaves', async (size) => {
    const files = new Map<string, Uint8Array>();
    const whole = TileGrower.empty();
    grow(whole, size, files);
    const again = await TileGrower.restore(size, (tile) => Promise.resolve(files.get(tilePath(tile))));
    expect(again?.root()).toEqual(whole.root());
    grow(whole, size + 300, new Map());
    grow(again ?? TileGrower.empty(), size + 300, files);
    expect(again?.root()).toEqual(whole.root());
    expect(newTiles(size, size + 300).every((tile) => files.has(tilePath(tile)))).toBe(true);
  });

  test('does not go on from a tile that is missing or cut', async () => {
    expect(await TileGrower.restore(300, () => Promise.resolve(undefined))).toBeUndefined();
    expect(await TileGrower.restore(300, () => Promise.resolve(new Uint8Array(33)))).toBeUndefined();
  });
});

describe('an entry bundle', () => {
  test('holds each entry behind its length, and gives back the leaves', () => {
    const entries = [Buffer.from('{"v":1}'), Buffer.alloc(300, 'a'), Buffer.alloc(0)];
    const bytes = bundle(entries);
    expect([...bytes.subarray(0, 2)]).toEqual([0, 7]);
    expect([...bytes.subarray(9, 11)]).toEqual([1, 44]);
    expect(leavesOfBundle(bytes)).toEqual(entries.map(leafHash));
  });

  test.each([1, 3])('cut by %i bytes is not one', (by) => {
    expect(leavesOfBundle(bundle([Buffer.from('abc')]).subarray(0, -by))).toBeUndefined();
  });

  test('refuses an entry longer than its length can say', () => {
    expect(() => bundle([Buffer.alloc(65_536)])).toThrow(RangeError);
  });
});
