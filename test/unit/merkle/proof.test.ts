import { describe, expect, test } from '@jest/globals';
import { emptyRoot } from '../../../src/journal/merkle/hash.ts';
import {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/journal/merkle/proof.ts';
import { completeRoot } from '../../../src/journal/merkle/tiles.ts';
import { leafHash } from '../../../src/journal/merkle/tree.ts';

/** certificate-transparency's test tree of eight leaves; the proofs are those of its merkle_tree_test.cc. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => leafHash(Buffer.from(hex, 'hex')),
);
const subtrees = (height: number, index: number): Promise<Uint8Array> =>
  Promise.resolve(completeRoot(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height)));
const hex = (proof: readonly Uint8Array[]): readonly string[] => proof.map((h) => Buffer.from(h).toString('hex'));

describe('a proof of inclusion', () => {
  test.each([
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [
      1,
      5,
      [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('of leaf %i in a tree of %i is the published one', async (index, size, published) => {
    expect(hex(await inclusionProof(index, size, subtrees))).toEqual(published);
  });

  test('of a leaf that the tree has not is refused', async () => {
    await expect(inclusionProof(8, 8, subtrees)).rejects.toThrow(RangeError);
    const leaf = leafHash(Buffer.from('x'));
    expect(verifyInclusion({ leaf, index: 0, size: 0, proof: [], root: leaf })).toBe(false);
  });
});

describe('a proof of consistency', () => {
  test.each([
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('of %i with %i leaves is the published one', async (older, size, published) => {
    expect(hex(await consistencyProof(older, size, subtrees))).toEqual(published);
  });

  test('every tree began empty', () => {
    const newer = { size: 8, root: completeRoot(leaves) };
    expect(verifyConsistency({ older: { size: 0, root: emptyRoot() }, newer, proof: [] })).toBe(true);
    expect(verifyConsistency({ older: { size: 0, root: newer.root }, newer, proof: [] })).toBe(false);
  });

  test('no tree shrinks', async () => {
    await expect(consistencyProof(9, 8, subtrees)).rejects.toThrow(RangeError);
    const head = { size: 8, root: completeRoot(leaves) };
    expect(verifyConsistency({ older: head, newer: { ...head, size: 7 }, proof: [] })).toBe(false);
  });
});
