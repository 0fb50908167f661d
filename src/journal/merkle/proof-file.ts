/** A proof that anyone can check without Gatehouse: c2sp.org/tlog-proof@v1, with JCS(header) of the record as extra. */
import { z } from 'zod';
import { err, ok, type Result } from '../../core/result.ts';
import { openCheckpoint, type Checkpoint, type CheckpointProblem } from './checkpoint.ts';
import { HASH_BYTES, leafHash } from './hash.ts';
import { verifyInclusion, type Proof } from './proof.ts';
import type { NoteVerifier } from './signed-note.ts';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** More than a tree of 2^53 leaves needs. */
const MOST_HASHES = 64;

export interface ProofFile {
  /** JCS(header): its hash is the leaf. */
  readonly header: Uint8Array;
  /** Position - 1. */
  readonly index: number;
  readonly proof: Proof;
  /** The signed checkpoint, word for word. */
  readonly checkpoint: string;
}

export function writeProofFile({ header, index, proof, checkpoint }: ProofFile): string {
  const hashes = proof.map((hash) => `${base64(hash)}\n`).join('');
  return `${FIRST_LINE}\nextra ${base64(header)}\nindex ${index}\n${hashes}\n${checkpoint}`;
}

/** Reads a proof without checking it; undefined when it is not one with a header. */
export function parseProofFile(text: string): ProofFile | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [first, extra, index, ...hashes] = text.slice(0, end).split('\n');
  const header = decode(/^extra (.+)$/u.exec(extra ?? '')?.[1]);
  const number = /^index (0|[1-9]\d{0,15})$/u.exec(index ?? '')?.[1];
  const proof = parseHashes(hashes);
  if (first !== FIRST_LINE || header === undefined || number === undefined || proof === undefined) return undefined;
  return { header, index: Number(number), proof, checkpoint: text.slice(end + 2) };
}

function parseHashes(lines: readonly string[]): Proof | undefined {
  const hashes = lines.map(decodeHash).filter((hash) => hash !== undefined);
  return hashes.length === lines.length && lines.length <= MOST_HASHES ? hashes : undefined;
}

export type ProofProblem = CheckpointProblem | 'not-a-proof' | 'not-included' | 'other-record';

export interface Proved {
  readonly position: number;
  /** The record's header: what it was, when, and the hash of what was said. */
  readonly header: unknown;
  readonly checkpoint: Checkpoint;
}

/** Checks a proof file against the log's public key alone. */
export function verifyProofFile(text: string, verifier: NoteVerifier): Result<Proved, ProofProblem> {
  const file = parseProofFile(text);
  if (file === undefined) return err('not-a-proof');
  const checkpoint = openCheckpoint(file.checkpoint, verifier);
  if (!checkpoint.ok) return checkpoint;
  const { size, root } = checkpoint.value;
  const leaf = leafHash(file.header);
  if (!verifyInclusion({ leaf, index: file.index, size, proof: file.proof, root })) return err('not-included');
  const header = parseHeader(file.header);
  if (header?.position !== file.index + 1) return err('other-record');
  return ok({ position: file.index + 1, header, checkpoint: checkpoint.value });
}

const headerShape = z.looseObject({ position: z.number() });

function parseHeader(bytes: Uint8Array): z.infer<typeof headerShape> | undefined {
  try {
    return headerShape.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}

function decodeHash(text: string): Uint8Array | undefined {
  const bytes = decode(text);
  return bytes?.length === HASH_BYTES ? bytes : undefined;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function decode(text: string | undefined): Uint8Array | undefined {
  if (text === undefined || !/^[A-Za-z0-9+/]+={0,2}$/u.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
