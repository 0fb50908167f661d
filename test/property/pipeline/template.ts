/** What histories begin with: a prepared record and homeserver, set back in no time between two histories. */
import { journalSchema, type WriterParts } from '../../../src/journal/open-writer.ts';
import { makeHead } from '../../../src/journal/head-store.ts';
import { openKeyRing, type KeyRing } from '../../../src/journal/keys/key-ring.ts';
import { KeyStock } from '../../../src/journal/keys/key-stock.ts';
import { CompactTree } from '../../../src/journal/merkle/tree.ts';
import { JournalReader } from '../../../src/journal/reader.ts';
import { createSchemas } from '../../../src/storage/schema.ts';
import { must, nextPosition, parsePosition, type Position } from '../../../src/core/ids.ts';
import { writerParts } from '../../../src/app/writer-parts.ts';
import { DOMAIN } from './house-rules.ts';
import { MemoryDatabase } from './memory-database.ts';

/** No history is longer. */
const MOST_ENTRIES = 1000;

/** Entry keys are random and prove nothing here: all histories take the same ones, made once. */
class SharedStock extends KeyStock {
  override usedBefore(): void {
    // The next history uses them again.
  }

  override isLow(): boolean {
    return false;
  }
}

/** Opens each entry key once for all histories. */
function remembering(ring: KeyRing): KeyRing {
  const known = new Map<Position, Promise<Uint8Array | undefined>>();
  const entryKey = (position: Position): Promise<Uint8Array | undefined> => {
    const key = known.get(position) ?? ring.entryKey(position);
    known.set(position, key);
    return key;
  };
  return {
    ...ring,
    entryKey,
    entryKeys: async ({ from, to }) => {
      const keys = new Map<Position, Uint8Array>();
      for (let at = from; at <= Math.min(to, MOST_ENTRIES); at = nextPosition(at)) {
        const key = await entryKey(at);
        if (key !== undefined) keys.set(at, key);
      }
      return keys;
    },
  };
}

export interface Place {
  readonly database: MemoryDatabase;
  readonly keys: KeyRing;
  readonly stock: KeyStock;
  readonly reader: JournalReader;
  readonly parts: WriterParts;
}

export async function newPlace(): Promise<Place> {
  const database = new MemoryDatabase();
  const parts = writerParts(DOMAIN);
  // Search proves nothing here and would be half of the time.
  await createSchemas(database, [journalSchema(parts, { schema: () => [] })]);
  await database.write((writing) => writing.run(makeHead, { tree: CompactTree.empty().save() }));
  const keys = remembering(await openKeyRing(new MemoryDatabase(), new Uint8Array(32).fill(7), true));
  const stock = new SharedStock(keys);
  await stock.reserve(must(parsePosition(1)), MOST_ENTRIES);
  return { database, keys, stock, reader: new JournalReader(database, keys), parts };
}
