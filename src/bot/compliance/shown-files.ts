/** A record's files as an officer reads of them: what each is, and that its bytes are on record, or why not. */
import type { Entry, EntryOf, ErasedEntry, MissingFile } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { filesOf, pictureOf } from '../../bridge/files/event-files.ts';
import { oneLine } from '../quote.ts';
import type { DeskTools } from './desk-context.ts';
import { maskedText } from './masked-text.ts';
import { grouped } from './shown-time.ts';

/** Hexadecimal digits of a hash that tell one file from another. */
const HASH_DIGITS = 12;

export interface ShownFiles {
  readonly lines: readonly string[];
  /** The records that the lines quote. */
  readonly positions: readonly Position[];
}

export async function shownFiles(entry: Entry, tools: Pick<DeskTools, 'files'>): Promise<ShownFiles> {
  if (entry.kind === 'file.stored' || entry.kind === 'file.missing') {
    return { lines: [fileLine(entry), `Of record ${grouped(entry.body.of)}.`], positions: [] };
  }
  if (entry.kind !== 'matrix.event') return { lines: [], positions: [] };
  const found = newestOfEachPart(await tools.files(entry.position));
  // The same picture comes with every membership of its owner; only where it changed is it stored.
  const named = pictureOf(entry.body) === undefined ? filesOf(entry.body) : [];
  const waiting = named.length > 0 && found.length === 0 ? ['File: not fetched yet'] : [];
  return { lines: [...found.map(fileLine), ...waiting], positions: found.map((file) => file.position) };
}

type FileEntry = EntryOf<'file.stored'> | EntryOf<'file.missing'> | ErasedEntry;

/** A file that was given up and had after all is one file. An erased record no longer says which file it was. */
function newestOfEachPart(entries: readonly (Entry | ErasedEntry)[]): readonly FileEntry[] {
  const known = new Map<string, FileEntry>();
  for (const entry of entries) {
    if ('erased' in entry) known.set(`erased ${entry.position}`, entry);
    else if (entry.kind === 'file.stored' || entry.kind === 'file.missing') known.set(`part ${entry.body.part}`, entry);
  }
  return [...known.values()];
}

function fileLine(entry: FileEntry): string {
  const record = `(record ${grouped(entry.position)})`;
  if ('erased' in entry) return `File: erased by rule ${record}`;
  const { part, name } = entry.body;
  const called = name === undefined ? '' : ` ${oneLine(maskedText(name, []))} ·`;
  const what = `${part % 2 === 1 ? 'Preview' : 'File'}:${called}`;
  if (entry.kind === 'file.missing') return `${what} not on record, ${reasonOf(entry.body)} ${record}`;
  const { type, size, sha256, encrypted, scan } = entry.body;
  const sealed = encrypted === true ? ' · encrypted by its sender' : '';
  const found = scan?.result === 'found' ? ` · 🛑 ${oneLine(scan.detail ?? 'malware')}` : '';
  return `${what} ${type}${sealed}${found} · ${shownSize(size)} · sha256 ${sha256.slice(0, HASH_DIGITS)} ${record}`;
}

const reasons: Readonly<Record<MissingFile['why'], string>> = {
  'too-large': 'it is larger than this installation keeps',
  'not-found': 'the homeserver had no such file',
  refused: 'the homeserver refused it',
  later: 'the homeserver could not fetch it yet',
  'gave-up': 'the homeserver could not fetch it',
};

/** What came with a network's message is fetched from the network. */
function reasonOf({ why, uri }: MissingFile): string {
  return uri === undefined ? reasons[why].replace('the homeserver', 'the network') : reasons[why];
}

/** 1 KB is 1024 bytes, as in the config. */
function shownSize(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const [unit, size] = bytes < 1024 ** 2 ? ['KB', bytes / 1024] : ['MB', bytes / 1024 ** 2];
  return `${size < 10 ? size.toFixed(1) : String(Math.round(size))} ${unit}`;
}
