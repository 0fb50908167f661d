/**
 * Proofs about a Merkle tree: that a leaf is in it, and that it only grew (RFC 9162, 2.1.3 and 2.1.4; the hashes are
 * those of RFC 6962). Verification needs nothing but the hashes; making a proof asks for complete subtrees.
 */
import { emptyRoot, nodeHash, sameHash } from './hash.ts';

/** The root of the complete subtree over leaves `[index * 2^height, (index + 1) * 2^height)`. */
export type Subtrees = (height: number, index: number) => Promise<Uint8Array>;

export type Proof = readonly Uint8Array[];

/** The root of the tree over the first `size` leaves. */
export async function rootOf(size: number, subtrees: Subtrees): Promise<Uint8Array> {
  return size === 0 ? emptyRoot() : rangeRoot(0, size, subtrees);
}

/** `start` is a multiple of the smallest power of two that is not below `end - start`. */
async function rangeRoot(start: number, end: number, subtrees: Subtrees): Promise<Uint8Array> {
  const count = end - start;
  const height = Math.floor(Math.log2(count));
  if (2 ** height === count) return subtrees(height, start / count);
  const middle = start + split(count);
  return nodeHash(await rangeRoot(start, middle, subtrees), await rangeRoot(middle, end, subtrees));
}

/** The largest power of two below `count`, which is at least 2. */
function split(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

/**
 * The hashes beside the path from leaf `index` up to the root of the tree of `size` leaves, the leaf's sibling first.
 * @throws RangeError when the tree has no such leaf.
 */
export async function inclusionProof(index: number, size: number, subtrees: Subtrees): Promise<Proof> {
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      proof.push(await rangeRoot(middle, end, subtrees));
      end = middle;
    } else {
      proof.push(await rangeRoot(start, middle, subtrees));
      start = middle;
    }
  }
  return proof.reverse();
}

/** That the tree of `older` leaves is how the tree of `size` leaves began. @throws RangeError unless 0 < older <= size. */
export async function consistencyProof(older: number, size: number, subtrees: Subtrees): Promise<Proof> {
  if (!(older > 0 && older <= size)) throw new RangeError(`a tree of ${size} has no beginning of ${older}`);
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (older < end) {
    const middle = start + split(end - start);
    if (older <= middle) {
      proof.push(await rangeRoot(middle, end, subtrees));
      end = middle;
    } else {
      proof.push(await rangeRoot(start, middle, subtrees));
      start = middle;
    }
  }
  // The verifier knows the older root itself; only another complete subtree has to be told.
  if (start > 0) proof.push(await rangeRoot(start, end, subtrees));
  return proof.reverse();
}

export interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: Proof;
  readonly root: Uint8Array;
}

/** RFC 9162, 2.1.3.2. */
export function verifyInclusion({ leaf, index, size, proof, root }: Inclusion): boolean {
  if (!(index >= 0 && index < size)) return false;
  let at = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameHash(hash, root);
}

export interface Consistency {
  readonly older: { readonly size: number; readonly root: Uint8Array };
  readonly newer: { readonly size: number; readonly root: Uint8Array };
  readonly proof: Proof;
}

/** RFC 9162, 2.1.4.2; the empty tree is how every tree began. */
export function verifyConsistency({ older, newer, proof }: Consistency): boolean {
  if (older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0 && sameHash(older.root, emptyRoot());
  if (older.size === newer.size) return proof.length === 0 && sameHash(older.root, newer.root);
  const path = 2 ** Math.floor(Math.log2(older.size)) === older.size ? [older.root, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined || proof.length === 0) return false;
  return climb({ older, newer, proof: rest }, first);
}

function climb({ older, newer, proof }: Consistency, first: Uint8Array): boolean {
  let at = older.size - 1;
  let last = newer.size - 1;
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [before, now] = [first, first];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [before, now] = [nodeHash(sibling, before), nodeHash(sibling, now)];
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      now = nodeHash(now, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameHash(before, older.root) && sameHash(now, newer.root);
}

function half(n: number): number {
  return Math.floor(n / 2);
}
