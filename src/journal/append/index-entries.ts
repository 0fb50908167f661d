import type { Entry } from '../../core/entry.ts';
import { DatabaseDown } from '../../storage/database.ts';
import { addStale } from '../head-store.ts';
import type { Batch } from './batch.ts';
import type { Setting } from './setting.ts';

/** The name under which the search index is stale when an entry could not be indexed. */
export const SEARCH_INDEX = 'search_index';

/**
 * Adds the batch's entries to the search index, all at once before the commit: FTS5 writes what it has gathered to disk
 * at every savepoint, so that indexing entry by entry among the others' savepoints costs three times the rest.
 */
export async function indexEntries(batch: Batch, setting: Setting): Promise<void> {
  if (batch.entries.length === 0) return;
  const { writing } = batch;
  const all = async (entries: readonly Entry[]): Promise<void> => {
    for (const entry of entries) await setting.search.add(entry, writing);
  };
  if (!batch.careful) return all(batch.entries);
  if (await tried(() => writing.savepoint(() => all(batch.entries)))) return;
  for (const entry of batch.entries) {
    if (await tried(() => writing.savepoint(() => all([entry])))) continue;
    batch.stale.add(SEARCH_INDEX);
    await writing.run(addStale, { name: SEARCH_INDEX, since: entry.position, reason: 'an entry could not be indexed' });
  }
}

async function tried(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof DatabaseDown) throw error;
    return false;
  }
}
