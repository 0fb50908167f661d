/** Begins an epoch: the record goes on from what is here, and says from which published head it parts. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Position } from '../../core/ids.ts';
import { epochNamed, originOf } from '../merkle/checkpoint.ts';
import type { OpenJournal } from '../open-journal.ts';
import { openKeyRing } from '../keys/key-ring.ts';
import { countKeys, removeKeysAfter } from '../keys/key-store.ts';
import { openDatabase, type DatabaseOptions } from '../../storage/open-database.ts';

/** A head of this record that somebody knows, or may know. */
export interface KnownHead {
  readonly origin: string;
  readonly size: number;
  /** Base64; empty where only a position is known. */
  readonly root: string;
}

/** The furthest: of the latest epoch, and there of the most records. */
export function furthest(heads: readonly KnownHead[]): KnownHead | undefined {
  return heads.toSorted((a, b) => epochNamed(b.origin) - epochNamed(a.origin) || b.size - a.size)[0];
}

export interface ContinueLog {
  readonly domain: string;
  /** Further than the journal, or what is known of the backup itself. */
  readonly known: KnownHead | undefined;
  /** Entries that stand; what follows them is of the new epoch. */
  readonly restored: number;
  readonly why: string;
  readonly clock: Clock;
}

/** Resolves with the new epoch's number and its first entry. @throws JournalDown */
export async function continueLog(
  journal: OpenJournal,
  { domain, known, restored, why, clock }: ContinueLog,
): Promise<{ readonly epoch: number; readonly position: Position }> {
  const { epoch, root } = await journal.reader.stats();
  const here = {
    origin: originOf(domain, epoch),
    size: await journal.size(),
    root: Buffer.from(root).toString('base64'),
  };
  const from = known ?? here;
  const next = Math.max(epoch, epochNamed(from.origin)) + 1;
  const [appended] = await journal.append([
    {
      kind: 'log.continued',
      at: clock.now(),
      source: { system: 'gatehouse', id: `epoch/${String(next)}/${String(here.size)}`, sure: true },
      body: { ...from, restored, why },
    },
  ]);
  if (appended === undefined) throw new Error('the entry that begins the epoch was not recorded');
  return { epoch: next, position: appended.position };
}

export interface FittedKeys {
  readonly signing: KeyObject;
  /** How many of the entries have a key: the others are erased. */
  readonly entries: number;
}

/**
 * Takes away the keys of positions after `size`: entries that are lost had them, and no other entry gets the same.
 * @throws WrongMasterKey
 */
export async function fitKeys(
  { keys, masterKey }: { readonly keys: DatabaseOptions; readonly masterKey: Uint8Array },
  size: number,
): Promise<FittedKeys> {
  await using ring = await openKeyRing(await openDatabase(keys), masterKey, false);
  const { database, signing } = ring;
  await database.write((writing) => writing.run(removeKeysAfter, { position: size }));
  await database.scrub();
  const count = await database.read((reading) => reading.get(countKeys, {}));
  return { signing, entries: count?.count ?? 0 };
}
