/** Checkpoints: the signed head of the tree (C2SP tlog-checkpoint). */
import { err, ok, type Result } from '../../core/result.ts';
import { HASH_BYTES } from './hash.ts';
import { openNote, signNote, type NoteProblem, type NoteSigner, type NoteVerifier } from './signed-note.ts';

export interface Checkpoint {
  /** `gatehouse/<domain>`; which log it speaks of. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export type CheckpointProblem = NoteProblem | 'wrong-origin';

/** What the origin of a company's log is called. */
export function originOf(domain: string, epoch = 1): string {
  return epoch === 1 ? `gatehouse/${domain}` : `gatehouse/${domain}/${epoch}`;
}

/** The epoch that an origin names: `originOf` the other way round. */
export function epochNamed(origin: string): number {
  const [, epoch] = /^gatehouse\/[^/]+\/([1-9]\d{0,8})$/u.exec(origin) ?? [];
  return epoch === undefined ? 1 : Number(epoch);
}

export function signCheckpoint(head: Omit<Checkpoint, 'origin'>, signer: NoteSigner): string {
  return signNote(`${signer.name}\n${head.size}\n${Buffer.from(head.root).toString('base64')}\n`, signer);
}

/** The head that `note` vouches for, when it is signed by `verifier` and speaks of the log of that name. */
export function openCheckpoint(note: string, verifier: NoteVerifier): Result<Checkpoint, CheckpointProblem> {
  const text = openNote(note, verifier);
  if (!text.ok) return text;
  const [origin, size, root] = text.value.split('\n');
  if (origin === undefined || size === undefined || root === undefined) return err('malformed');
  const bytes = Buffer.from(root, 'base64');
  const whole = /^(?:0|[1-9]\d{0,15})$/u.test(size) && bytes.length === HASH_BYTES && bytes.toString('base64') === root;
  if (!whole || !Number.isSafeInteger(Number(size))) return err('malformed');
  return origin === verifier.name ? ok({ origin, size: Number(size), root: bytes }) : err('wrong-origin');
}
