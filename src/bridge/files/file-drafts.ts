/** What goes on record of a message's file. It belongs where the message does, and lives in the same class. */
import type { DraftOf, EntryBodies, EntryOf, FileScan, MissingFile, Source, Where } from '../../core/entry.ts';
import type { EventId, MediaUri, Millis, Position } from '../../core/ids.ts';
import type { StoredBlob } from '../../journal/blobs/blob-writer.ts';

export interface FileOfEntry {
  readonly file: {
    readonly part: number;
    /** Absent for what a network brought. */
    readonly uri?: MediaUri;
    readonly name?: string;
    readonly encrypted?: boolean;
  };
  readonly entry: EntryOf<'matrix.event'> | EntryOf<'network.message'> | EntryOf<'network.edit'>;
  readonly at: Millis;
}

export type KeptFile = StoredBlob & { readonly type: string; readonly scan?: FileScan };

export function storedDraft(of: FileOfEntry, kept: KeptFile): DraftOf<'file.stored'> {
  const { type, blob, key, size, sha256, scan } = kept;
  const sealed = of.file.encrypted === true ? { encrypted: true } : {};
  const scanned = scan === undefined ? {} : { scan };
  const body: EntryBodies['file.stored'] = { ...bodyOf(of), type, size, sha256, blob, key, ...sealed, ...scanned };
  return { ...whereOf(of.entry, of.at), kind: 'file.stored', source: sourceOf(of, 'stored'), body };
}

export function missingDraft(of: FileOfEntry, why: MissingFile['why'], detail?: string): DraftOf<'file.missing'> {
  const body = { ...bodyOf(of), why, ...(detail === undefined ? {} : { detail }) };
  return { ...whereOf(of.entry, of.at), kind: 'file.missing', source: sourceOf(of, why), body };
}

export function scannedDraft(stored: EntryOf<'file.stored'>, scan: FileScan, at: Millis): DraftOf<'file.scanned'> {
  const { of, part } = stored.body;
  const body = { of, part, stored: stored.position, scan };
  return { ...whereOf(stored, at), kind: 'file.scanned', source: ours(`scan/${stored.position}`), body };
}

/** The event in which a file, or what became of it, followed its message; `part` is the event's. */
export function lateDraft(
  of: EntryOf<'network.message'> | EntryOf<'network.edit'>,
  { part, event, at }: { readonly part: string; readonly event: EventId; readonly at: Millis },
): DraftOf<'delivery.outcome'> {
  const body = { of: of.position, target: 'matrix', state: 'sent', further: [event] } as const;
  return { ...whereOf(of, at), kind: 'delivery.outcome', source: ours(`late/${of.position}/${part}`), body };
}

function bodyOf({ file, entry }: FileOfEntry) {
  const { part, uri, name } = file;
  return {
    ...{ of: entry.position, part },
    ...(uri === undefined ? {} : { uri }),
    ...(name === undefined ? {} : { name }),
  };
}

/** What was given up and tried again has an id of its own, so that having the file after all is no conflict. */
function sourceOf({ file, entry }: FileOfEntry, what: string): Source {
  return ours(`file/${entry.position}/${file.part}/${what}`);
}

function ours(id: string): Source {
  return { system: 'gatehouse', id, sure: true };
}

type Belonging = Omit<Where, 'class'> & Required<Pick<Where, 'class'>> & { readonly position: Position };

function whereOf(entry: Belonging, at: Millis): Where & { readonly at: Millis } {
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
