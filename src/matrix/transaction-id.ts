/**
 * The id under which an event is sent. The same entry's same part gives the same id, so that a repeat within Synapse's
 * memory (30 minutes) is no second message; ghost and room are in it because Synapse tells neither apart.
 */
import { createHash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** base32 (RFC 4648, 6, in lower case and without padding) of SHA-256 over the lengths and texts of `parts`. */
export function transactionId(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${String(Buffer.byteLength(part))}:${part}`);
  return base32(hash.digest());
}

function base32(bytes: Uint8Array): string {
  let out = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET.charAt((held >> bits) & 31);
    }
  }
  return bits > 0 ? out + ALPHABET.charAt((held << (5 - bits)) & 31) : out;
}
