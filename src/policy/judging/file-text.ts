/** What a file on record says, piece by piece; or why nobody can tell. */
import type { EntryOf, StoredFile } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Unreadable } from '../../core/policy-words.ts';
import { BlobDamaged, type BlobStore } from '../../journal/blobs/blob-store.ts';
import type { Piece } from '../message.ts';
import type { FileText, Scanning } from '../scan.ts';
import { scannerLimits } from '../thread/limits.ts';

export type FileEntry = EntryOf<'file.stored'> | EntryOf<'file.missing'>;

export interface FileTextDeps {
  readonly scanning: Pick<Scanning, 'textOf'>;
  readonly blobs: Pick<BlobStore, 'read'>;
}

export interface SaidInFile {
  /** At most 64 Ki units each; together at most 2 Mi. */
  readonly pieces: readonly Piece[];
  readonly unread: readonly Unreadable[];
}

/** `engine`: the thread that reads files broke, or many files wait for it; it is worth another try. Never rejects. */
export async function saidInFile(entry: FileEntry, deps: FileTextDeps): Promise<SaidInFile> {
  const text = await textOf(entry, deps);
  if (!text.ok) return { pieces: [], unread: [text.why] };
  const unread: Unreadable[] = text.unread === undefined ? [] : [text.unread];
  if (text.cut && !unread.includes('too-large')) unread.push('too-large');
  return { pieces: text.texts.map((one) => pieceOf(one, entry.position)), unread };
}

function pieceOf(text: string, file: Position): Piece {
  return { what: 'file', text, file, quoted: [] };
}

async function textOf(entry: FileEntry, deps: FileTextDeps): Promise<FileText> {
  if (entry.kind === 'file.missing') return no(entry.body.why === 'too-large' ? 'too-large' : 'missing');
  const { body } = entry;
  if (body.encrypted === true) return no('encrypted');
  if (body.size > scannerLimits.fileBytes) return no('too-large');
  const bytes = await bytesOf(body, deps);
  if (bytes === undefined) return no('missing');
  const { type, name } = body;
  return deps.scanning.textOf({ type, bytes, ...(name === undefined ? {} : { name }) });
}

/** Undefined where the disk no longer has what was stored: `gatehouse verify` says more of it. */
async function bytesOf(stored: StoredFile, { blobs }: FileTextDeps): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of blobs.read(stored)) pieces.push(piece);
  } catch (error) {
    if (error instanceof BlobDamaged) return undefined;
    throw error;
  }
  return Buffer.concat(pieces);
}

function no(why: Unreadable): FileText {
  return { ok: false, why };
}
