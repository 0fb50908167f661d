/** The files that came with a network's message: their bytes are fetched by the connector that brought it. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Attachment } from '../../core/network-entries.ts';

export type WithAttachments = EntryOf<'network.message'> | EntryOf<'network.edit'>;

export interface NetworkFile {
  /** As `file.stored` counts: even, for there are no previews. */
  readonly part: number;
  readonly attachment: Attachment;
}

export function bringsFiles(entry: Entry | ErasedEntry): entry is WithAttachments {
  if ('erased' in entry || (entry.kind !== 'network.message' && entry.kind !== 'network.edit')) return false;
  return (entry.body.attachments ?? []).length > 0;
}

export function attachmentsOf({ body }: WithAttachments): readonly NetworkFile[] {
  return (body.attachments ?? []).map((attachment, at) => ({ part: at * 2, attachment }));
}
