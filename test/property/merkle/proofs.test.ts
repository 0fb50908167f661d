import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { completeRoot } from '../../../src/journal/merkle/tiles.ts';
import { CompactTree, leafHash } from '../../../src/journal/merkle/tree.ts';
import {
  consistencyProof,
  inclusionProof,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type Subtrees,
} from '../../../src/journal/merkle/proof.ts';

const LEAVES = Array.from({ length: 700 }, (_, i) => leafHash(Buffer.from(`record ${i}`)));
const subtrees: Subtrees = (height, index) =>
  Promise.resolve(completeRoot(LEAVES.slice(index * 2 ** height, (index + 1) * 2 ** height)));

function root(size: number): Uint8Array {
  const tree = CompactTree.empty();
  for (const leaf of LEAVES.slice(0, size)) tree.append(leaf);
  return tree.root();
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % flipped.length;
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit % 8));
  return flipped;
}

const size = fc.integer({ min: 1, max: LEAVES.length });
const bit = fc.nat({ max: 255 });
const leafOf = (index: number): Uint8Array => LEAVES[index] ?? new Uint8Array(0);

describe('proofs about a tree', () => {
  test('the root is the same, grown leaf by leaf or put together from subtrees', async () => {
    await fc.assert(
      fc.asyncProperty(size, async (n) => {
        expect(await rootOf(n, subtrees)).toEqual(root(n));
      }),
    );
  });

  test('every leaf is proved, and no flipped bit, other place or other size passes', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), bit, fc.nat(), async (n, pick, flipped, which) => {
        const index = pick % n;
        const proof = await inclusionProof(index, n, subtrees);
        const good = { leaf: leafOf(index), index, size: n, proof, root: root(n) };
        expect(verifyInclusion(good)).toBe(true);
        expect(verifyInclusion({ ...good, leaf: flip(good.leaf, flipped) })).toBe(false);
        expect(verifyInclusion({ ...good, root: flip(good.root, flipped) })).toBe(false);
        const spoiled = proof.map((hash, i) => (i === which % proof.length ? flip(hash, flipped) : hash));
        expect(verifyInclusion({ ...good, proof: spoiled })).toBe(proof.length === 0);
        expect(verifyInclusion({ ...good, proof: [...proof, good.root] })).toBe(false);
        expect(verifyInclusion({ ...good, index: n })).toBe(false);
        const elsewhere = which % n;
        expect(verifyInclusion({ ...good, index: elsewhere })).toBe(elsewhere === index);
      }),
    );
  });

  test('every beginning of a tree is proved consistent, and no flipped bit passes', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), bit, fc.nat(), async (n, pick, flipped, which) => {
        const before = (pick % n) + 1;
        const proof = await consistencyProof(before, n, subtrees);
        const good = { older: { size: before, root: root(before) }, newer: { size: n, root: root(n) }, proof };
        expect(verifyConsistency(good)).toBe(true);
        expect(verifyConsistency({ ...good, older: { size: before, root: flip(root(before), flipped) } })).toBe(false);
        expect(verifyConsistency({ ...good, newer: { size: n, root: flip(root(n), flipped) } })).toBe(false);
        const spoiled = proof.map((hash, i) => (i === which % proof.length ? flip(hash, flipped) : hash));
        expect(verifyConsistency({ ...good, proof: spoiled })).toBe(proof.length === 0);
        expect(verifyConsistency({ ...good, proof: [...proof, good.newer.root] })).toBe(false);
      }),
    );
  });
});
