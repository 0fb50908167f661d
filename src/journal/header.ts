/** What the Merkle tree holds of an entry (DESIGN 5, Proof): nothing personal, and nothing that erasure takes away. */
import type { Direction } from '../core/entry.ts';
import { jcs } from '../core/json.ts';

export interface HeaderFields {
  readonly v: number;
  readonly position: number;
  readonly kind: string;
  /** HMAC of source system and id. */
  readonly source: Uint8Array;
  readonly at: number;
  readonly recordedAt: number;
  readonly class: string;
  readonly direction?: Direction | undefined;
  /** SHA-256 of the sealed entry. */
  readonly ciphertext: Uint8Array;
  readonly commitment: Uint8Array;
}

/** JCS of the header; hashes in base64. The leaf is `SHA-256(0x00 ‖ header)`. */
export function headerText(fields: HeaderFields): string {
  return jcs({
    v: fields.v,
    position: fields.position,
    kind: fields.kind,
    source: base64(fields.source),
    at: fields.at,
    recordedAt: fields.recordedAt,
    class: fields.class,
    direction: fields.direction,
    ciphertext: base64(fields.ciphertext),
    commitment: base64(fields.commitment),
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
