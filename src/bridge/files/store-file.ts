/**
 * One file on its way to the disk: written as it comes, looked at for what it is, then shown to the scanner. Killed at any
 * line, what lies there is an orphan that the next start removes: nothing is on record before all of it is done.
 */
import type { FileScan } from '../../core/entry.ts';
import type { MalwareScanner } from '../../core/ports/scanner.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { BlobStore } from '../../journal/blobs/blob-store.ts';
import type { StoredBlob } from '../../journal/blobs/blob-writer.ts';
import { sniffType, UNKNOWN_TYPE } from '../../journal/blobs/sniff.ts';
import type { KeptFile } from './file-drafts.ts';

export interface StoreFileDeps {
  readonly blobs: Pick<BlobStore, 'begin' | 'read' | 'remove'>;
  /** Absent where nobody is asked. */
  readonly scanner?: MalwareScanner | undefined;
}

export interface FileToStore<F> {
  readonly name: string | undefined;
  /** What comes is ciphertext. */
  readonly encrypted: boolean;
  /** Bytes with another hash are not what was announced. */
  readonly sha256?: string | undefined;
  readonly signal: AbortSignal;
  readonly fetch: (into: (piece: Uint8Array) => Promise<void>) => Promise<Result<void, F>>;
}

export type NotStored = 'disk-full' | 'other-bytes';

export async function storeFile<F>(
  file: FileToStore<F>,
  deps: StoreFileDeps,
): Promise<Result<KeptFile, F | NotStored>> {
  const kept = await write(file, deps);
  if (!kept.ok) return kept;
  if (file.sha256 !== undefined && file.sha256.toLowerCase() !== kept.value.sha256) {
    await deps.blobs.remove(kept.value.blob);
    return err('other-bytes');
  }
  const scan = await scanBlob({ ...file, stored: kept.value }, deps);
  return ok(scan === undefined ? kept.value : { ...kept.value, scan });
}

async function write<F>(
  file: FileToStore<F>,
  { blobs }: StoreFileDeps,
): Promise<Result<StoredBlob & { readonly type: string }, F | NotStored>> {
  try {
    await using writer = await blobs.begin();
    const fetched = await file.fetch((piece) => writer.write(piece));
    if (!fetched.ok) return fetched;
    const type = file.encrypted ? UNKNOWN_TYPE : await sniffType(writer.head);
    return ok({ ...(await writer.finish()), type });
  } catch (error) {
    if (isDiskFull(error)) return err('disk-full');
    throw error;
  }
}

export interface BlobToScan {
  readonly name: string | undefined;
  readonly encrypted: boolean;
  readonly signal: AbortSignal;
  readonly stored: StoredBlob & { readonly type: string };
}

/** As it goes on record; undefined where nobody is asked. */
export async function scanBlob(
  { name, encrypted, signal, stored }: BlobToScan,
  { scanner, blobs }: Pick<StoreFileDeps, 'scanner'> & { readonly blobs: Pick<BlobStore, 'read'> },
): Promise<FileScan | undefined> {
  if (scanner === undefined) return undefined;
  const by = scanner.name;
  if (encrypted) return { by, result: 'failed', detail: 'encrypted by its sender' };
  const { type, size } = stored;
  const said = await scanner.scan({ name, type, size, open: () => blobs.read(stored) }, signal);
  if (said.result === 'clean') return { by, result: 'clean' };
  const { result, detail } = said;
  return { by, result, detail, ...(said.result === 'failed' && said.again && { again: true }) };
}

/** The disk, or our share of it, is full (errno(3)). */
function isDiskFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ENOSPC' || error.code === 'EDQUOT';
}
