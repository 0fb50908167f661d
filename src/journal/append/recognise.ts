/** Whether a draft is on record already, and what it stands to if it isn't (DESIGN 5, Append). */
import type { Draft, MatrixEvent } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { entryAt, latestAlike, sameBySource, sureBySource } from '../entry-store.ts';
import { eventDigest } from '../identity.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { openRow } from '../opener.ts';
import { prunedForms } from '../prune.ts';

/** Contents kept under one id that are looked at for a pruned copy; a peer that sends more gets conflicts. */
const CONTENTS = 16;

export interface Fingerprint {
  readonly source: Uint8Array;
  readonly digest: Uint8Array;
}

export type Recognised =
  | { readonly is: 'new'; readonly conflictWith?: Position; readonly possibleDuplicateOf?: Position }
  | { readonly is: 'duplicate'; readonly of: Position };

export async function recognise(
  draft: Draft,
  print: Fingerprint,
  reading: Reading,
  keys: KeyRing,
): Promise<Recognised> {
  if (!draft.source.sure) return recogniseAlike(draft, print, reading);
  const found = await reading.all(sureBySource, { source: print.source, limit: CONTENTS });
  const known = found.toSorted((a, b) => a.position - b.position);
  const first = known[0];
  if (first === undefined) return { is: 'new' };
  const same = await reading.get(sameBySource, { source: print.source, digest: print.digest });
  if (same !== undefined) return { is: 'duplicate', of: same.position };
  if (draft.kind === 'matrix.event') {
    for (const other of known) {
      const event = await storedEvent(other.position, reading, keys);
      if (event !== undefined && isPrunedCopy(event, print, keys)) return { is: 'duplicate', of: other.position };
    }
  }
  return { is: 'new', conflictWith: first.position };
}

async function recogniseAlike(draft: Draft, print: Fingerprint, reading: Reading): Promise<Recognised> {
  if (draft.source.mayRepeat !== true) return { is: 'new' };
  const alike = await reading.get(latestAlike, { source: print.source });
  return alike === undefined ? { is: 'new' } : { is: 'new', possibleDuplicateOf: alike.position };
}

function isPrunedCopy(stored: MatrixEvent, print: Fingerprint, keys: KeyRing): boolean {
  return prunedForms(stored).some((form) => Buffer.compare(eventDigest(keys.source, form), print.digest) === 0);
}

async function storedEvent(position: Position, reading: Reading, keys: KeyRing): Promise<MatrixEvent | undefined> {
  const row = await reading.get(entryAt, { position });
  if (row?.kind !== 'matrix.event') return undefined;
  const entry = openRow(row, await keys.entryKey(position));
  return 'erased' in entry || entry.kind !== 'matrix.event' ? undefined : entry.body;
}
