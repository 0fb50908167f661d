/** Proving one record to somebody who has nothing but the log's public key. */
import type { Position } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { openCheckpoint } from '../merkle/checkpoint.ts';
import { inclusionProof } from '../merkle/proof.ts';
import { verifyProofFile, writeProofFile } from '../merkle/proof-file.ts';
import type { NoteVerifier } from '../merkle/signed-note.ts';
import type { LogFiles } from './log-files.ts';
import type { LogSource } from './log-source.ts';
import { CHECKPOINT_FILE } from './log-names.ts';

export interface NotProved {
  readonly reason: 'no-such-record' | 'not-published-yet' | 'does-not-verify';
  readonly message: string;
}

export interface ProveFrom {
  readonly source: LogSource;
  readonly files: LogFiles;
  readonly verifier: NoteVerifier;
}

/** The text of a c2sp.org/tlog-proof@v1 file for the record at `position`, checked before it is handed out. */
export async function prove(
  position: Position,
  { source, files, verifier }: ProveFrom,
): Promise<Result<string, NotProved>> {
  const [header] = await source.headers(position - 1, position);
  if (header === undefined) return no('no-such-record', `There is no record ${position}.`);
  const checkpoint = await files.readText(CHECKPOINT_FILE);
  const opened = checkpoint === undefined ? undefined : openCheckpoint(checkpoint, verifier);
  if (opened?.ok === false) return wrong(position);
  if (opened === undefined || checkpoint === undefined || opened.value.size < position) {
    return no('not-published-yet', `Record ${position} is not in a checkpoint yet; it is within a minute.`);
  }
  try {
    const { size } = opened.value;
    const proof = await inclusionProof(position - 1, size, files.subtrees(size));
    const text = writeProofFile({ header, index: position - 1, proof, checkpoint });
    return verifyProofFile(text, verifier).ok ? ok(text) : wrong(position);
  } catch {
    // A tile that can't be read proves nothing either; verify says which one.
    return wrong(position);
  }
}

function wrong(position: number): Result<never, NotProved> {
  return no('does-not-verify', `Record ${position} does not match what was published. Run: gatehouse verify`);
}

function no(reason: NotProved['reason'], message: string): Result<never, NotProved> {
  return err({ reason, message });
}
