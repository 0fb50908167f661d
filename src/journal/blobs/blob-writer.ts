/** One file on its way to disk: sealed as it comes, in memory never more than a chunk. */
import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { CHUNK_BYTES, ChunkSealer, KEY_BYTES } from './blob-cipher.ts';

/** What the first bytes of a file are looked at for its type. */
const HEAD_BYTES = 4100;

/** What has to go on record of a blob, so that it can be found, opened and checked. */
export interface StoredBlob {
  /** SHA-256 of the encrypted bytes, hex: its name. */
  readonly blob: string;
  /** Base64. */
  readonly key: string;
  /** Plain bytes. */
  readonly size: number;
  /** SHA-256 of the plain bytes, hex. */
  readonly sha256: string;
}

export interface BlobWriterOptions {
  readonly file: FileHandle;
  /** Gives the finished file its name, durably. */
  readonly keep: (blob: string) => Promise<void>;
  /** Takes the unfinished file away. */
  readonly discard: () => Promise<void>;
}

export class BlobWriter implements AsyncDisposable {
  readonly #options: BlobWriterOptions;
  readonly #key = randomBytes(KEY_BYTES);
  readonly #sealer = new ChunkSealer(this.#key);
  readonly #plainHash = createHash('sha256');
  readonly #blobHash = createHash('sha256');
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #held = 0;
  #size = 0;
  #state: 'open' | 'closed' | 'kept' = 'open';

  constructor(options: BlobWriterOptions) {
    this.#options = options;
  }

  /** Plain bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** The first bytes, at most 4,100. */
  get head(): Uint8Array {
    return this.#head.subarray(0, Math.min(this.#size, HEAD_BYTES));
  }

  /** @throws the disk's error */
  async write(piece: Uint8Array): Promise<void> {
    this.#plainHash.update(piece);
    if (this.#size < HEAD_BYTES) this.#head.set(piece.subarray(0, HEAD_BYTES - this.#size), this.#size);
    this.#size += piece.length;
    let taken = 0;
    while (taken < piece.length) {
      // A full chunk is sealed only when more follows: the last one is sealed as the last.
      if (this.#held === CHUNK_BYTES) await this.#seal(false);
      const some = piece.subarray(taken, taken + CHUNK_BYTES - this.#held);
      this.#chunk.set(some, this.#held);
      this.#held += some.length;
      taken += some.length;
    }
  }

  /** Resolves when the file would survive a power cut under its name. @throws the disk's error */
  async finish(): Promise<StoredBlob> {
    await this.#seal(true);
    const { file, keep } = this.#options;
    await file.sync();
    await this.#close();
    const blob = this.#blobHash.digest('hex');
    await keep(blob);
    this.#state = 'kept';
    const sha256 = this.#plainHash.digest('hex');
    return { blob, key: this.#key.toString('base64'), size: this.#size, sha256 };
  }

  /** What was not finished leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    if (this.#state !== 'kept') await this.#options.discard();
    this.#chunk.fill(0);
    this.#head.fill(0);
  }

  async #seal(last: boolean): Promise<void> {
    const sealed = this.#sealer.seal(this.#chunk.subarray(0, this.#held), last);
    this.#held = 0;
    this.#blobHash.update(sealed);
    await this.#options.file.appendFile(sealed);
  }

  async #close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    await this.#options.file.close();
  }
}
