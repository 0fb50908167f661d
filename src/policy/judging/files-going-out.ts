/** What a network is to be given beside a text: the files of a message, by their names and by what they say. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Unread } from '../../core/policy-words.ts';
import type { Piece } from '../message.ts';
import { pieceOf } from './event-texts.ts';
import { saidInFile, type FileEntry, type FileTextDeps } from './file-text.ts';

export interface FilesGoingOut extends FileTextDeps {
  /** The `file.*` entries about the message or edit at this position, oldest first. */
  readonly onRecord: (of: Position) => Promise<readonly (Entry | ErasedEntry)[]>;
}

export interface FilesSaid {
  readonly pieces: readonly Piece[];
  readonly unread: readonly Unread[];
}

/** Parts of an event that are files; the others are thumbnails, which no network is given. */
const isFile = ({ part }: FileEntry['body']): boolean => part % 2 === 0;

/**
 * Undefined while one of the `named` files is not on record: the message waits, for nobody can say what is in it. The
 * newest that is on record of each counts.
 */
export async function filesGoingOut(
  of: Position,
  named: readonly string[],
  deps: FilesGoingOut,
): Promise<FilesSaid | undefined> {
  const byPart = new Map<number, FileEntry>();
  for (const entry of await deps.onRecord(of)) {
    if ('erased' in entry || (entry.kind !== 'file.stored' && entry.kind !== 'file.missing')) continue;
    if (isFile(entry.body)) byPart.set(entry.body.part, entry);
  }
  const files = [...byPart.values()].filter(({ body }) => body.uri !== undefined && named.includes(body.uri));
  if (named.some((uri) => !files.some(({ body }) => body.uri === uri))) return undefined;
  const pieces: Piece[] = [];
  const unread: Unread[] = [];
  for (const file of files) {
    const { name, part } = file.body;
    if (name !== undefined) pieces.push({ ...pieceOf('file-name', name), file: file.position });
    const said = await saidInFile(file, deps);
    pieces.push(...said.pieces);
    unread.push(...said.unread.map((why) => ({ why, part })));
  }
  return { pieces, unread };
}
