/** The logs of earlier epochs: whose signature they carry, what of them still stands, and where their files lie. */
import type { KeyObject } from 'node:crypto';
import { epochNamed, openCheckpoint, originOf, type Checkpoint } from '../merkle/checkpoint.ts';
import { createNoteSigner, type NoteVerifier } from '../merkle/signed-note.ts';
import type { Epoch } from './epochs.ts';
import type { LogFiles } from './log-files.ts';
import { CHECKPOINT_FILE, VKEY_FILE } from './log-names.ts';

export interface EarlierLog {
  readonly epoch: number;
  /** Of its own origin: `gatehouse/<domain>` for the first. */
  readonly verifier: NoteVerifier;
  /** Its first records, which are ours too; what it published beyond them is lost. */
  readonly kept: number;
  /** How much of it is known to have been published when the next epoch began; 0 where nothing is. */
  readonly published: number;
  /** When the record went on without the rest of it. */
  readonly endedAt: number;
}

/** One for each epoch before the current one, in order. */
export function earlierLogs(
  epochs: readonly Epoch[],
  { domain, signing }: { readonly domain: string; readonly signing: KeyObject },
): readonly EarlierLog[] {
  const current = epochs.at(-1)?.epoch ?? 1;
  return Array.from({ length: current - 1 }, (_, index) => index + 1).map((epoch) => {
    const later = epochs.filter((one) => one.epoch > epoch);
    const origin = originOf(domain, epoch);
    return {
      epoch,
      verifier: createNoteSigner(origin, signing),
      kept: Math.min(...later.map((one) => one.restored)),
      published: Math.max(0, ...later.filter((one) => one.origin === origin).map((one) => one.size)),
      endedAt: later[0]?.at ?? 0,
    };
  });
}

/** A checkpoint of this installation, of whichever epoch; undefined for any other text. */
export function ownCheckpoint(
  note: string,
  { domain, signing }: { readonly domain: string; readonly signing: KeyObject },
): Checkpoint | undefined {
  const origin = originOf(domain, epochNamed(note.split('\n')[0] ?? ''));
  const opened = openCheckpoint(note, createNoteSigner(origin, signing));
  return opened.ok ? opened.value : undefined;
}

/** Below `data/log`. */
export function earlierFolder(epoch: number): string {
  return `epoch-${epoch}`;
}

/**
 * Moves the published files of an earlier epoch into their own folder, so that the current one begins its own. The
 * checkpoint goes last: as long as it lies there, the next start does this again.
 */
export async function setAsideEarlier(files: LogFiles, earlier: readonly EarlierLog[]): Promise<void> {
  const note = await files.readText(CHECKPOINT_FILE);
  const of = note === undefined ? undefined : earlier.find(({ verifier }) => openCheckpoint(note, verifier).ok);
  if (of === undefined) return;
  for (const name of ['tile', VKEY_FILE, CHECKPOINT_FILE]) await files.move(name, `${earlierFolder(of.epoch)}/${name}`);
}
