import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** RFC 3394, 2.2.3.1: the fixed value that tells whether the right key unwrapped. */
const IV = Buffer.alloc(8, 0xa6);

/** AES-256 key wrap (RFC 3394): deterministic, authenticated, 8 bytes longer than `key`. */
export function wrapKey(wrapping: KeyObject, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv('id-aes256-wrap', wrapping, IV);
  return Buffer.concat([cipher.update(key), cipher.final()]);
}

/** Undefined when `wrapped` was not made with `wrapping`. */
export function unwrapKey(wrapping: KeyObject, wrapped: Uint8Array): Uint8Array | undefined {
  try {
    const decipher = createDecipheriv('id-aes256-wrap', wrapping, IV);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch {
    return undefined;
  }
}
