/** Chosen parts of a zip file (APPNOTE 6.3), unpacked within limits, whatever its directory says of sizes. */
import { Unzip, UnzipInflate, type UnzipFile } from 'fflate';
import type { Unreadable } from '../../core/policy-words.ts';

export interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ZipParts {
  /** In the order in which they lie there; a name that stands there twice is there twice. */
  readonly parts: readonly ZipPart[];
  /** Why there may be more. */
  readonly unread?: Extract<Unreadable, 'too-large' | 'damaged'>;
}

export interface ZipLimits {
  /** In the whole file. */
  readonly entries: number;
  /** Bytes that the chosen parts have together when they are unpacked. */
  readonly bytes: number;
}

/** So little goes in at once that what comes out of it, a thousandfold at most, is seen before there is more. */
const PIECE = 4 * 1024;
const LOCKED_FLAG = 1;
/** Where the flags stand behind each signature: of an entry, and of its line in the directory. */
const signatures = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], flags: 6 },
  { bytes: [0x50, 0x4b, 0x01, 0x02], flags: 8 },
] as const;

/** Never throws. Ends at most 4 MiB beyond the limit of bytes. */
export function zipParts(zip: Uint8Array, wanted: (name: string) => boolean, limits: ZipLimits): ZipParts {
  const unpacking = new Unpacking(wanted, limits);
  try {
    unpacking.readAll(zip);
  } catch {
    unpacking.unread ??= 'damaged';
  }
  const { begun, unread } = unpacking;
  const parts = begun.map(({ name, chunks }) => ({ name, bytes: Buffer.concat(chunks) }));
  return { parts, ...(unread === undefined ? {} : { unread }) };
}

/** Whether some entry of it asks for a password. */
export function isLockedZip(zip: Uint8Array): boolean {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  return signatures.some(({ bytes: signature, flags }) => {
    const mark = Buffer.from(signature);
    for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length)) {
      if (((bytes[at + flags] ?? 0) & LOCKED_FLAG) !== 0) return true;
    }
    return false;
  });
}

class Unpacking {
  /** What of each chosen part came out, whole or not. */
  readonly begun: { readonly name: string; readonly chunks: Uint8Array[] }[] = [];
  unread: ZipParts['unread'];
  readonly #wanted: (name: string) => boolean;
  readonly #limits: ZipLimits;
  #entries = 0;
  #bytes = 0;

  constructor(wanted: (name: string) => boolean, limits: ZipLimits) {
    this.#wanted = wanted;
    this.#limits = limits;
  }

  readAll(zip: Uint8Array): void {
    const unzip = new Unzip((file) => {
      this.#onEntry(file);
    });
    unzip.register(UnzipInflate);
    for (let at = 0; at < zip.length && this.unread !== 'too-large'; at += PIECE) {
      unzip.push(zip.subarray(at, at + PIECE), at + PIECE >= zip.length);
    }
  }

  #onEntry(file: UnzipFile): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) this.unread = 'too-large';
    if (this.unread === 'too-large' || !this.#wanted(file.name)) return;
    const chunks: Uint8Array[] = [];
    this.begun.push({ name: file.name, chunks });
    file.ondata = (error, chunk) => {
      if (error !== null) {
        this.unread ??= 'damaged';
        return;
      }
      this.#bytes += chunk.length;
      if (this.#bytes > this.#limits.bytes) this.unread = 'too-large';
      chunks.push(chunk);
    };
    file.start();
  }
}
