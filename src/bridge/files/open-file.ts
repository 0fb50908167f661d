/** A file on record, by its record. */
import type { EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { BlobStore } from '../../journal/blobs/blob-store.ts';
import type { Journal } from '../../journal/journal.ts';

export interface OpenedFile {
  readonly entry: EntryOf<'file.stored'>;
  /** Each piece is authenticated before it is given; ends with BlobDamaged where the disk no longer has what was stored. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** `erased`: its key went with its record, so that nobody can open the file any more. */
export async function openFile(
  position: Position,
  { journal, blobs }: { readonly journal: Pick<Journal, 'read'>; readonly blobs: Pick<BlobStore, 'read'> },
): Promise<Result<OpenedFile, 'erased' | 'no-file'>> {
  const entry = await journal.read(position);
  if (entry?.kind !== 'file.stored') return err('no-file');
  return 'erased' in entry ? err('erased') : ok({ entry, bytes: blobs.read(entry.body) });
}
