/**
 * Files on record (DESIGN 5, Blobs): `data/blobs/ab/<hash>`, encrypted, named by the SHA-256 of what lies there. A blob is
 * on disk before the entry that names it is appended; one that no entry names was left by a crash in between.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-folder.ts';
import { isMissing, namesIn } from '../missing.ts';
import { CHUNK_BYTES, ChunkOpener, SEALED_BYTES, TAG_BYTES } from './blob-cipher.ts';
import { BlobWriter, type StoredBlob } from './blob-writer.ts';

const NAME = /^[0-9a-f]{64}$/u;
const FOLDER = /^[0-9a-f]{2}$/u;
/** Where files lie until they are whole. */
const UNFINISHED = 'new';

/** The blob is not there, or is not what was stored: `verify` names the record. */
export class BlobDamaged extends Error {
  override name = 'BlobDamaged';
  readonly what: 'missing' | 'changed';
  constructor(what: 'missing' | 'changed') {
    super(
      `the file on disk ${what === 'missing' ? 'is missing' : 'is not what was stored, or the key is not its own'}`,
    );
    this.what = what;
  }
}

export class BlobStore {
  readonly #directory: string;

  /** `directory`: `data/blobs`; made when the first file comes. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Begins a file under a new random key. Dispose of it in any case. @throws the disk's error */
  async begin(): Promise<BlobWriter> {
    const folder = join(this.#directory, UNFINISHED);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, randomUUID());
    const file = await open(path, 'wx', 0o600);
    return new BlobWriter({
      file,
      keep: (blob) => this.#keep(path, blob),
      discard: () => rm(path, { force: true }),
    });
  }

  /** The plain bytes, each piece authenticated before it is given out. @throws BlobDamaged */
  async *read(stored: StoredBlob): AsyncGenerator<Uint8Array, undefined> {
    const file = await this.#open(stored.blob);
    if (file === undefined) throw new BlobDamaged('missing');
    try {
      yield* opened(file, stored);
    } finally {
      await file.close();
    }
    return undefined;
  }

  /** Whether the blob lies there byte for byte; its key is not needed. */
  async check(blob: string): Promise<'sound' | 'missing' | 'changed'> {
    const file = await this.#open(blob);
    if (file === undefined) return 'missing';
    try {
      const hash = createHash('sha256');
      const piece = Buffer.alloc(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(piece, 0, piece.length);
        if (bytesRead === 0) break;
        hash.update(piece.subarray(0, bytesRead));
      }
      return hash.digest('hex') === blob ? 'sound' : 'changed';
    } finally {
      await file.close();
    }
  }

  /** The names of all blobs, a folder at a time: those that begin with the same two digits. */
  async *folders(): AsyncGenerator<{ readonly prefix: string; readonly blobs: readonly string[] }, undefined> {
    for (const prefix of await namesIn(this.#directory)) {
      if (!FOLDER.test(prefix)) continue;
      const names = await namesIn(join(this.#directory, prefix));
      yield { prefix, blobs: names.filter((name) => NAME.test(name) && name.startsWith(prefix)) };
    }
    return undefined;
  }

  async remove(blob: string): Promise<void> {
    await rm(this.#path(blob), { force: true });
  }

  /** Takes files away for good: when it resolves, their names are gone from the disk too. One that is gone already is none. */
  async erase(blobs: readonly string[]): Promise<void> {
    for (const blob of blobs) await this.remove(blob);
    const folders = new Set(blobs.map((blob) => dirname(this.#path(blob))));
    for (const folder of folders) await syncIfThere(folder);
  }

  /** Takes away what a crash left half written. Nothing may be writing. */
  async removeUnfinished(): Promise<void> {
    await rm(join(this.#directory, UNFINISHED), { recursive: true, force: true });
  }

  async #keep(unfinished: string, blob: string): Promise<void> {
    const path = this.#path(blob);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(unfinished, path);
    // Each of the folders may be new, made now or by a process that was killed before it could sync: a sync of one that
    // did not change costs nothing.
    for (const changed of [folder, this.#directory, dirname(this.#directory)]) await syncFolder(changed);
  }

  async #open(blob: string): Promise<FileHandle | undefined> {
    try {
      return await open(this.#path(blob), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #path(blob: string): string {
    if (!NAME.test(blob)) throw new Error('this is no name of a blob');
    return join(this.#directory, blob.slice(0, 2), blob);
  }
}

async function syncIfThere(folder: string): Promise<void> {
  try {
    await syncFolder(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function* opened(file: FileHandle, stored: StoredBlob): AsyncGenerator<Uint8Array, undefined> {
  const { size } = await file.stat();
  if (size !== sealedSize(stored.size)) throw new BlobDamaged('changed');
  const opener = new ChunkOpener(Buffer.from(stored.key, 'base64'));
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += SEALED_BYTES) {
    const sealed = await exactly(file, at, Math.min(SEALED_BYTES, size - at));
    const plain = opener.open(sealed, at + SEALED_BYTES >= size);
    if (plain === undefined) throw new BlobDamaged('changed');
    hash.update(plain);
    if (plain.length > 0) yield plain;
  }
  if (hash.digest('hex') !== stored.sha256) throw new BlobDamaged('changed');
  return undefined;
}

function sealedSize(plain: number): number {
  return plain + TAG_BYTES * Math.max(1, Math.ceil(plain / CHUNK_BYTES));
}

async function exactly(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) throw new BlobDamaged('changed');
    read += bytesRead;
  }
  return bytes;
}
