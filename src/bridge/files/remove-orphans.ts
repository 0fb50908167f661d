/** Blobs that no entry names: a crash came between file and entry. Removed at start, before anything is stored. */
import type { Log } from '../../core/ports/log.ts';
import type { BlobStore } from '../../journal/blobs/blob-store.ts';
import type { Journal } from '../../journal/journal.ts';
import { blobsOnRecord, FILES } from './file-store.ts';

export interface RemoveOrphansDeps {
  readonly blobs: Pick<BlobStore, 'folders' | 'remove' | 'removeUnfinished'>;
  readonly journal: Pick<Journal, 'stale' | 'views'>;
  readonly log: Log;
}

/**
 * Nothing may be storing files meanwhile. While the table that says which blobs are on record is stale, nothing is
 * removed: it would be evidence.
 */
export async function removeOrphans({ blobs, journal, log }: RemoveOrphansDeps): Promise<void> {
  await blobs.removeUnfinished();
  if ((await journal.stale()).includes(FILES)) {
    log.warn('files.orphans-kept');
    return;
  }
  let removed = 0;
  for await (const { prefix, blobs: found } of blobs.folders()) {
    const known = await journal.views.read((reading) => blobsOnRecord(reading, prefix));
    for (const blob of found.filter((name) => !known.has(name))) {
      await blobs.remove(blob);
      removed += 1;
    }
  }
  if (removed > 0) log.info('files.orphans-removed', { count: removed });
}
