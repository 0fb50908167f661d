/** What makes an erasure final: the keys of what is erased go, then what was written of them before. */
import type { Position } from '../../core/ids.ts';
import { JournalDown } from '../../core/ports/recorder.ts';
import { DatabaseDown, type Database } from '../../storage/database.ts';
import { erasedBy } from '../erased-store.ts';
import type { KeyRing } from './key-ring.ts';

export interface Erased {
  readonly database: Database;
  readonly keys: KeyRing;
}

/**
 * Takes away the keys of `positions`, all in one commit, as far as a `retention.erased` on record names them: nothing
 * that the record does not say is ever made unreadable.
 * @throws JournalDown
 */
export function eraseKeys(positions: readonly Position[], { database, keys }: Erased): Promise<void> {
  return orDown(async () => {
    const erased = await database.read(async (reading) => {
      const named: Position[] = [];
      for (const position of positions) if ((await erasedBy(position, reading)) !== undefined) named.push(position);
      return named;
    });
    if (erased.length > 0) await keys.eraseEntryKeys(erased);
  });
}

/** Resolves with false when a reader holds one of the logs: ask again later. @throws JournalDown */
export function scrubBoth({ database, keys }: Erased): Promise<boolean> {
  return orDown(async () => {
    const first = await keys.database.scrub();
    return (await database.scrub()) && first;
  });
}

async function orDown<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DatabaseDown ? new JournalDown(error.message, { cause: error }) : error;
  }
}
