/** What is on record, as everybody may read it. */
import type { Entry, EntryKind, EntryOf, ErasedEntry } from '../../../src/core/entry.ts';
import { must, parsePosition, type Position } from '../../../src/core/ids.ts';
import type { World } from './world.ts';

/** Entries from `first` on, those that were erased left out. */
export async function entriesFrom({ place }: Pick<World, 'place'>, first: number): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  let from: Position | undefined = must(parsePosition(first));
  while (from !== undefined) {
    const page: readonly (Entry | ErasedEntry)[] = await place.reader.entriesFrom(from);
    for (const entry of page) if (!('erased' in entry)) found.push(entry);
    from = page.length === 0 ? undefined : must(parsePosition(from + page.length));
  }
  return found;
}

export function ofKind<K extends EntryKind>(entries: readonly Entry[], kind: K): readonly EntryOf<K>[] {
  return entries.filter((entry): entry is Entry & EntryOf<K> => entry.kind === kind);
}

export async function recordOf<K extends EntryKind>(
  world: Pick<World, 'place'>,
  kind: K,
): Promise<readonly EntryOf<K>[]> {
  return ofKind(await entriesFrom(world, 1), kind);
}
