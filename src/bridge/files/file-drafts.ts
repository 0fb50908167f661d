/** What goes on record of an event's file. It belongs where the event does, and lives in the same class. */
import type { DraftOf, EntryBodies, EntryOf, MissingFile, Where } from '../../core/entry.ts';
import type { Millis } from '../../core/ids.ts';
import type { StoredBlob } from '../../journal/blobs/blob-writer.ts';
import type { EventFile } from './event-files.ts';

export interface FileOfEntry {
  readonly file: EventFile;
  readonly entry: EntryOf<'matrix.event'>;
  readonly at: Millis;
}

export function storedDraft(of: FileOfEntry, kept: StoredBlob & { readonly type: string }): DraftOf<'file.stored'> {
  const { type, blob, key, size, sha256 } = kept;
  const sealed = of.file.encrypted ? { encrypted: true } : {};
  const body: EntryBodies['file.stored'] = { ...bodyOf(of), type, size, sha256, blob, key, ...sealed };
  return { ...whereOf(of), kind: 'file.stored', source: sourceOf(of, 'stored'), body };
}

export function missingDraft(of: FileOfEntry, why: MissingFile['why']): DraftOf<'file.missing'> {
  return { ...whereOf(of), kind: 'file.missing', source: sourceOf(of, why), body: { ...bodyOf(of), why } };
}

function bodyOf({ file, entry }: FileOfEntry) {
  const { part, uri, name } = file;
  return { of: entry.position, part, uri, ...(name === undefined ? {} : { name }) };
}

/** What was given up and tried again has an id of its own, so that having the file after all is no conflict. */
function sourceOf({ file, entry }: FileOfEntry, what: string) {
  return { system: 'gatehouse', id: `file/${entry.position}/${file.part}/${what}`, sure: true };
}

function whereOf({ entry, at }: FileOfEntry): Where & { readonly at: Millis } {
  const { actor, room, portal, line, contact, direction } = entry;
  return {
    at,
    class: entry.class,
    ...(actor === undefined ? {} : { actor }),
    ...(room === undefined ? {} : { room }),
    ...(portal === undefined ? {} : { portal }),
    ...(line === undefined ? {} : { line }),
    ...(contact === undefined ? {} : { contact }),
    ...(direction === undefined ? {} : { direction }),
  };
}
