import type { Entry } from '../core/entry.ts';
import type { Millis, Position } from '../core/ids.ts';
import type { Reading } from '../storage/database.ts';
import { bySource, entryAt } from './entry-store.ts';
import { erasedBy } from './erased-store.ts';
import { sourceHash } from './identity.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { openRow } from './opener.ts';
import type { ErasingView } from './projection.ts';

/** Records of one event: the first, and others' under its id. */
const OF_ONE_EVENT = 64;

/** The record within `reading`: a transaction of the writer, or a view of whoever asks beforehand. */
export function erasingView(
  reading: Reading,
  keys: Pick<KeyRing, 'sealer' | 'source' | 'entryKey'>,
  now: Millis,
): ErasingView {
  return {
    reading,
    sealer: keys.sealer,
    now,
    open: async (positions) => {
      const opened: Entry[] = [];
      for (const position of positions) {
        const entry = await openedAt(position, reading, keys);
        if (entry !== undefined) opened.push(entry);
      }
      return opened;
    },
    ofEvent: async (id) => {
      const source = sourceHash(keys.source, { system: 'matrix', id });
      return (await reading.all(bySource, { source, limit: OF_ONE_EVENT })).map(({ position }) => position);
    },
  };
}

/** @throws EntryDamaged */
async function openedAt(
  position: Position,
  reading: Reading,
  keys: Pick<KeyRing, 'entryKey'>,
): Promise<Entry | undefined> {
  const row = await reading.get(entryAt, { position });
  // Its key may still be there for a moment.
  if (row === undefined || (await erasedBy(position, reading)) !== undefined) return undefined;
  const entry = openRow(row, await keys.entryKey(position));
  return 'erased' in entry ? undefined : entry;
}
