/** How far each file of a message is, by what is on record of it. */
import type { Entry, EntryOf, ErasedEntry, FileScan, MissingFile } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Views } from '../../journal/journal.ts';
import { filesOnRecord } from './file-store.ts';

export type FileState =
  | { readonly is: 'kept'; readonly stored: EntryOf<'file.stored'>; readonly scan: FileScan | undefined }
  | ({ readonly is: 'missing' } & Pick<MissingFile, 'why' | 'detail'>);

/** What becomes of files that no scanner could look at: seen all the same, or not before one did. */
export type Unscanned = 'show' | 'hold';

export type Standing =
  /** It may be seen. */
  | 'fine'
  | 'malware'
  /** The scanner will be asked again; until then nobody sees it. */
  | 'unchecked'
  /** No scanner will ever say: nobody sees it. */
  | 'uncheckable'
  /** It can't be had, or not now: see why. */
  | 'missing'
  /** Nothing is on record of it yet. */
  | 'awaited';

export interface FileJournal {
  readonly views: Views;
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
}

/** By their parts; a part that isn't there has nothing on record yet. The newest of each counts. */
export async function fileStates(of: Position, journal: FileJournal): Promise<ReadonlyMap<number, FileState>> {
  const rows = await journal.views.read((reading) => filesOnRecord(reading, of));
  const states = new Map<number, FileState>();
  for (const { position } of rows) {
    const entry = await journal.read(position);
    if (entry !== undefined && !('erased' in entry)) note(entry, states);
  }
  return states;
}

function note(entry: Entry, states: Map<number, FileState>): void {
  if (entry.kind === 'file.stored') {
    states.set(entry.body.part, { is: 'kept', stored: entry, scan: entry.body.scan });
    return;
  }
  if (entry.kind !== 'file.missing' && entry.kind !== 'file.scanned') return;
  const known = states.get(entry.body.part);
  if (entry.kind === 'file.scanned') {
    if (known?.is === 'kept') states.set(entry.body.part, { ...known, scan: entry.body.scan });
  } else if (known?.is !== 'kept') {
    const { part, why, detail } = entry.body;
    states.set(part, { is: 'missing', why, ...(detail !== undefined && { detail }) });
  }
}

export function standingOf(state: FileState | undefined, unscanned: Unscanned): Standing {
  if (state === undefined) return 'awaited';
  if (state.is === 'missing') return 'missing';
  const { scan } = state;
  if (scan?.result === 'found') return 'malware';
  if (scan?.result !== 'failed' || unscanned === 'show') return 'fine';
  return scan.again === true ? 'unchecked' : 'uncheckable';
}
