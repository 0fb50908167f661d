/** Signed notes with Ed25519 (C2SP signed-note): text that one key or more vouch for. */
import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { err, ok, type Result } from '../../core/result.ts';

const ED25519 = 0x01;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
/** More bytes than a checkpoint with sixteen post-quantum signatures has. */
const LONGEST_NOTE = 1_000_000;
const SIGNATURE_LINE = /^— (?<name>[^\s+]+) (?<signature>[A-Za-z0-9+/]+={0,2})$/u;
/** What precedes the 32 bytes of an Ed25519 key in SPKI (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

export interface NoteVerifier {
  readonly name: string;
  /** 4 bytes: which of the keys of that name. */
  readonly keyId: Uint8Array;
  verify(text: string, signature: Uint8Array): boolean;
}

export interface NoteSigner extends NoteVerifier {
  sign(text: string): Uint8Array;
  /** The public half as `name+id+key`, as it lies in `data/log/vkey`. */
  readonly vkey: string;
}

export type NoteProblem = 'malformed' | 'unsigned' | 'bad-signature';

/** @param key an Ed25519 private key. @throws RangeError for a name that a note can't carry, or another kind of key. */
export function createNoteSigner(name: string, key: KeyObject): NoteSigner {
  if (!/^[^\s+]+$/u.test(name)) throw new RangeError('not a name that a note can carry');
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('not an Ed25519 key');
  const publicBytes = rawPublic(createPublicKey(key));
  const verifier = verifierOf(name, publicBytes);
  const encoded = Buffer.concat([Uint8Array.of(ED25519), publicBytes]).toString('base64');
  return {
    ...verifier,
    sign: (text) => sign(null, Buffer.from(text), key),
    vkey: `${name}+${Buffer.from(verifier.keyId).toString('hex')}+${encoded}`,
  };
}

/** Reads a `name+id+key`; undefined unless it is one of an Ed25519 key whose id is right. */
export function parseVkey(vkey: string): NoteVerifier | undefined {
  const parts = /^(?<name>[^\s+]+)\+(?<id>[0-9a-f]{8})\+(?<key>[A-Za-z0-9+/]+={0,2})$/u.exec(vkey.trim())?.groups;
  if (parts === undefined) return undefined;
  const bytes = Buffer.from(parts['key'] ?? '', 'base64');
  if (bytes.length !== KEY_BYTES + 1 || bytes[0] !== ED25519) return undefined;
  const verifier = verifierOf(parts['name'] ?? '', bytes.subarray(1));
  return Buffer.from(verifier.keyId).toString('hex') === parts['id'] ? verifier : undefined;
}

function verifierOf(name: string, publicBytes: Uint8Array): NoteVerifier {
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicBytes]), format: 'der', type: 'spki' });
  const keyId = hash(
    'sha256',
    Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(ED25519), publicBytes]),
    'buffer',
  );
  return {
    name,
    keyId: keyId.subarray(0, KEY_ID_BYTES),
    verify: (text, signature) => signature.length === 64 && verify(null, Buffer.from(text), key, signature),
  };
}

function rawPublic(key: KeyObject): Uint8Array {
  const { x } = z.object({ x: z.string() }).parse(key.export({ format: 'jwk' }));
  return Buffer.from(x, 'base64url');
}

/** `text`, which ends in a newline, with the signature of `signer`. */
export function signNote(text: string, signer: NoteSigner): string {
  const signature = Buffer.concat([signer.keyId, signer.sign(text)]).toString('base64');
  return `${text}\n— ${signer.name} ${signature}\n`;
}

/** The text of `note`, once `verifier`'s signature on it is found right; other keys' signatures are passed over. */
export function openNote(note: string, verifier: NoteVerifier): Result<string, NoteProblem> {
  const end = note.lastIndexOf('\n\n');
  const printable = Array.from(note).every((character) => character >= ' ' || character === '\n');
  if (end < 0 || !note.endsWith('\n') || note.length > LONGEST_NOTE || !printable) return err('malformed');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map((line) => SIGNATURE_LINE.exec(line)?.groups);
  if (signatures.some((signature) => signature === undefined)) return err('malformed');
  const ours = signatures
    .filter((signature) => signature?.['name'] === verifier.name)
    .map((signature) => Buffer.from(signature?.['signature'] ?? '', 'base64'))
    .filter((bytes) => Buffer.compare(bytes.subarray(0, KEY_ID_BYTES), verifier.keyId) === 0);
  if (ours.length === 0) return err('unsigned');
  return ours.every((bytes) => verifier.verify(text, bytes.subarray(KEY_ID_BYTES))) ? ok(text) : err('bad-signature');
}
