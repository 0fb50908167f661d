/**
 * The journal's Merkle tree (RFC 6962, 2.1) as a compact range: of all that was appended only the roots of the
 * complete subtrees are kept, at most one for each bit of the size.
 */
import { emptyRoot, HASH_BYTES, nodeHash } from './hash.ts';

export { leafHash } from './hash.ts';

const SIZE_BYTES = 8;

/** A saved tree that can't be one: cut, or with more or fewer subtrees than its size has. */
export class BadTree extends Error {
  override name = 'BadTree';
}

export class CompactTree {
  #size: number;
  /** Roots of the complete subtrees, the largest first. */
  readonly #roots: Uint8Array[];

  private constructor(size: number, roots: Uint8Array[]) {
    this.#size = size;
    this.#roots = roots;
  }

  static empty(): CompactTree {
    return new CompactTree(0, []);
  }

  /** The tree that `save` wrote. @throws BadTree */
  static restore(saved: Uint8Array): CompactTree {
    if (saved.length < SIZE_BYTES || (saved.length - SIZE_BYTES) % HASH_BYTES !== 0) {
      throw new BadTree(`a saved tree of ${saved.length} bytes`);
    }
    const size = Number(new DataView(saved.buffer, saved.byteOffset, SIZE_BYTES).getBigUint64(0));
    const count = (saved.length - SIZE_BYTES) / HASH_BYTES;
    if (!Number.isSafeInteger(size) || count !== subtrees(size)) {
      throw new BadTree(`a saved tree of ${size} leaves with ${count} subtrees`);
    }
    const start = (index: number): number => SIZE_BYTES + index * HASH_BYTES;
    return new CompactTree(
      size,
      Array.from({ length: count }, (_, index) => Uint8Array.from(saved.subarray(start(index), start(index + 1)))),
    );
  }

  /** How many leaves it has. */
  get size(): number {
    return this.#size;
  }

  /** Adds one leaf hash. */
  append(leaf: Uint8Array): void {
    if (leaf.length !== HASH_BYTES) throw new BadTree(`a leaf hash of ${leaf.length} bytes`);
    let node = leaf;
    // Each low 1 bit of the old size is a complete subtree of the same height as `node`: together they are the next.
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#roots.pop();
      if (left === undefined) throw new BadTree('a subtree is missing');
      node = nodeHash(left, node);
    }
    this.#roots.push(node);
    this.#size += 1;
  }

  /** The tree head: the hash over all leaves. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const left of this.#roots.toReversed()) root = root === undefined ? left : nodeHash(left, root);
    return root ?? emptyRoot();
  }

  /** 8 bytes of size, big-endian, then the subtrees' roots, the largest first. */
  save(): Uint8Array {
    const saved = new Uint8Array(SIZE_BYTES + this.#roots.length * HASH_BYTES);
    new DataView(saved.buffer).setBigUint64(0, BigInt(this.#size));
    this.#roots.forEach((root, index) => {
      saved.set(root, SIZE_BYTES + index * HASH_BYTES);
    });
    return saved;
  }

  /** A tree that grows apart from this one: an append that may be rolled back works on a copy. */
  copy(): CompactTree {
    return new CompactTree(this.#size, [...this.#roots]);
  }
}

/** How many complete subtrees a tree of `size` leaves is made of: its bits that are 1. */
function subtrees(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
