/** Roots that a growing tree had at earlier sizes, in bounded memory. */
import { CompactTree } from './tree.ts';

/** Sizes just passed, of which the tree is at hand: a checkpoint is on record soon after the size it speaks of. */
const RECENT = 1_024;
/** Saved trees over the whole walk; when there are more, every second one goes. */
const MOST_SAVED = 4_096;

/** The leaves `[from, to)`. */
export type Leaves = (from: number, to: number) => Promise<readonly Uint8Array[]>;

export class PastRoots {
  readonly #recent = new Map<number, CompactTree>();
  #saved: CompactTree[] = [CompactTree.empty()];
  #every = 256;

  /** To be told of each size that the tree passes. */
  passed(tree: CompactTree): void {
    const { size } = tree;
    this.#recent.set(size, tree);
    this.#recent.delete(size - RECENT);
    if (size % this.#every !== 0) return;
    this.#saved.push(tree);
    if (this.#saved.length < MOST_SAVED) return;
    this.#every *= 2;
    this.#saved = this.#saved.filter((saved) => saved.size % this.#every === 0);
  }

  /** The root at `size`, which was passed; some leaves are read again when that was long ago. */
  async at(size: number, leaves: Leaves): Promise<Uint8Array> {
    const recent = this.#recent.get(size);
    if (recent !== undefined) return recent.root();
    const tree = (this.#saved.findLast((saved) => saved.size <= size) ?? CompactTree.empty()).copy();
    while (tree.size < size) {
      const page = await leaves(tree.size, Math.min(size, tree.size + 256));
      if (page.length === 0) throw new RangeError(`leaf ${tree.size} is missing`);
      for (const leaf of page) tree.append(leaf);
    }
    return tree.root();
  }
}
