/** The checkpoints that a record is verified against, and what of earlier epochs it can't hold any more. */
import { earlierFolder, type EarlierLog } from './log/earlier-logs.ts';
import { LogFileProblem, type LogFiles } from './log/log-files.ts';
import { CHECKPOINT_FILE } from './log/log-names.ts';
import { openCheckpoint, type Checkpoint } from './merkle/checkpoint.ts';
import { sameHash } from './merkle/hash.ts';
import { rootOf } from './merkle/proof.ts';
import type { NoteVerifier } from './merkle/signed-note.ts';

export const PUBLISHED = 'data/log/checkpoint';

export interface Known extends Omit<Checkpoint, 'origin'> {
  /** As people find it. A size of Infinity: what it says can't be trusted. */
  readonly name: string;
  /** The log it speaks of, when that is not the current one. */
  readonly earlier?: EarlierLog;
}

/** Records that were published once and are not here: a backup that was gone on from did not have them. */
export interface LostRange {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /** For the officer. */
  readonly words: string;
}

export interface KnownOptions {
  readonly verifier: NoteVerifier;
  readonly earlier?: readonly EarlierLog[];
  readonly files?: LogFiles;
  readonly checkpoints?: readonly { readonly name: string; readonly text: string }[];
}

/** Checkpoints on file, of every epoch, and those handed in; those on record are checked as they are met. */
export async function knownCheckpoints(options: KnownOptions): Promise<readonly Known[]> {
  const { files, verifier, earlier = [], checkpoints = [] } = options;
  const texts = [...checkpoints];
  for (const folder of ['', ...earlier.map(({ epoch }) => `${earlierFolder(epoch)}/`)]) {
    const text = await files?.readText(`${folder}${CHECKPOINT_FILE}`);
    if (text !== undefined) texts.push({ name: `data/log/${folder}${CHECKPOINT_FILE}`, text });
  }
  return texts.map(({ name, text }) => {
    const now = openCheckpoint(text, verifier);
    if (now.ok) return { ...now.value, name };
    for (const log of earlier) {
      const before = openCheckpoint(text, log.verifier);
      if (before.ok) return { ...before.value, name, earlier: log };
    }
    return { name, size: Infinity, root: new Uint8Array(0) };
  });
}

/** The head of what an earlier log shares with this record, by its own tiles; undefined where these are gone or are not its own. */
export async function sharedHead(
  { name, size, root }: Known,
  log: EarlierLog,
  files: LogFiles,
): Promise<Known | undefined> {
  const subtrees = files.below(earlierFolder(log.epoch)).subtrees(size);
  try {
    if (!sameHash(await rootOf(size, subtrees), root)) return undefined;
    return { name, size: log.kept, root: await rootOf(log.kept, subtrees) };
  } catch (error) {
    if (error instanceof LogFileProblem) return undefined;
    throw error;
  }
}

/** What each earlier epoch is known to have published beyond what was kept. */
export function lostRanges(earlier: readonly EarlierLog[], known: readonly Known[]): readonly LostRange[] {
  return earlier.flatMap((log) => {
    const sizes = known.filter((one) => one.earlier?.epoch === log.epoch).map((one) => one.size);
    const to = Math.max(log.published, ...sizes);
    if (to <= log.kept) return [];
    const from = log.kept + 1;
    const day = new Date(log.endedAt).toISOString().slice(0, 10);
    const words =
      `records ${from} to ${to} of epoch ${log.epoch} (${log.verifier.name}) were published and are lost: on ${day} the ` +
      `record went on without them, from a backup of ${log.kept} records. What has these positions now is of a later epoch`;
    return [{ epoch: log.epoch, from, to, words }];
  });
}
