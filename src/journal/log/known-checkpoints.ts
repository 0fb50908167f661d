/** Whether the record still says what was published of it (DESIGN 5): asked at every start. */
import { sameHash } from '../merkle/hash.ts';
import { rootOf } from '../merkle/proof.ts';
import type { TileGrower } from '../merkle/tile-grower.ts';
import type { CompactTree } from '../merkle/tree.ts';
import type { LogFiles } from './log-files.ts';
import type { LogSource } from './log-source.ts';
import { refusal, type LogRefusal } from './refusal.ts';

/** A head that somebody outside may know. */
export interface KnownCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** As people find it: `data/log/checkpoint`, `record 4711`. */
  readonly where: string;
}

export const PAGE = 256;

/**
 * Compares `known` with the tree that `published` (whose tiles lie in `files`) began and the source's leaves go on.
 * Cost: the leaves since `published`; the tree before it is taken from the tiles, which `verify` compares with the records.
 */
export async function contradiction(
  known: readonly KnownCheckpoint[],
  published: TileGrower,
  { source, files }: { readonly source: LogSource; readonly files: LogFiles },
): Promise<LogRefusal | undefined> {
  const head = await source.head();
  const tooNew = known.find((checkpoint) => checkpoint.size > head.size);
  if (tooNew !== undefined) return refusal('ahead', tooNew.where, { known: tooNew.size, now: head.size });
  const covered = known.filter((checkpoint) => checkpoint.size <= published.size);
  for (const checkpoint of covered) {
    const root = await rootOf(checkpoint.size, files.subtrees(published.size));
    if (!sameHash(root, checkpoint.root)) return rewritten(checkpoint, head.size);
  }
  const later = [
    ...known.filter((checkpoint) => checkpoint.size > published.size),
    { ...head, where: 'the tree kept beside the records' },
  ];
  const wrong = await firstDifferent(later, published.compact(), source);
  return wrong === undefined ? undefined : rewritten(wrong, head.size);
}

function rewritten(checkpoint: KnownCheckpoint, now: number): LogRefusal {
  return refusal('rewritten', checkpoint.where, { known: checkpoint.size, now });
}

async function firstDifferent(
  known: readonly KnownCheckpoint[],
  tree: CompactTree,
  source: LogSource,
): Promise<KnownCheckpoint | undefined> {
  const bySize = known.toSorted((a, b) => a.size - b.size);
  for (const checkpoint of bySize) {
    while (tree.size < checkpoint.size) {
      const leaves = await source.leaves(tree.size, Math.min(checkpoint.size, tree.size + PAGE));
      // A gap: the tree that was published can't be made from these leaves.
      if (leaves.length === 0) return checkpoint;
      for (const leaf of leaves) tree.append(leaf);
    }
    if (!sameHash(tree.root(), checkpoint.root)) return checkpoint;
  }
  return undefined;
}
