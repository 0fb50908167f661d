/**
 * A file sealed in chunks, so that no piece of it is given out before it is authenticated, in bounded memory: the STREAM
 * construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015, "Online Authenticated-Encryption") as age uses it, with
 * AES-256-GCM. A chunk's nonce is its number and whether it is the last one: chunks can't be swapped, dropped or added,
 * and the end can't be cut off. Each file has a key of its own, so that no nonce is used twice.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';

export const KEY_BYTES = 32;
/** Plain bytes in every chunk but the last, which has 1 to as many, or none in an empty file. */
export const CHUNK_BYTES = 64 * 1024;
export const TAG_BYTES = 16;
export const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;

const NONCE_BYTES = 12;
/** The nonce's number has 6 bytes, more than any file has chunks. */
const NUMBER_BYTES = 6;

export class ChunkSealer {
  readonly #key: KeyObject;
  #number = 0;

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** `ciphertext ‖ tag` of the next chunk. */
  seal(plain: Uint8Array, last: boolean): Uint8Array {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#number, last));
    this.#number += 1;
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }
}

export class ChunkOpener {
  readonly #key: KeyObject;
  #number = 0;

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** Undefined when this is not the next chunk as it was sealed with this key. */
  open(sealed: Uint8Array, last: boolean): Uint8Array | undefined {
    const end = sealed.length - TAG_BYTES;
    if (end < 0) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(this.#number, last));
      this.#number += 1;
      decipher.setAuthTag(sealed.subarray(end));
      return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

function nonceOf(number: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(number, NONCE_BYTES - 1 - NUMBER_BYTES, NUMBER_BYTES);
  nonce[NONCE_BYTES - 1] = last ? 1 : 0;
  return nonce;
}
