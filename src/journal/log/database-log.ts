/** The log's source in the journal's own tables. */
import { createHash } from 'node:crypto';
import type { Database } from '../../storage/database.ts';
import { entriesBetween, leavesBetween, type EntryRow } from '../entry-store.ts';
import { readHead } from '../head-store.ts';
import { headerText } from '../header.ts';
import { CompactTree } from '../merkle/tree.ts';
import type { LogSource } from './log-source.ts';

export function createDatabaseLog(database: Database): LogSource {
  return {
    head: async () => {
      const head = await database.read((reading) => reading.get(readHead, {}));
      const tree = head === undefined ? CompactTree.empty() : CompactTree.restore(head.tree);
      return { size: tree.size, root: tree.root() };
    },
    leaves: async (from, to) => {
      const rows = await database.read((reading) => reading.all(leavesBetween, { from: from + 1, to }));
      return rows.map((row) => row.leaf);
    },
    headers: async (from, to) => {
      const rows = await database.read((reading) => reading.all(entriesBetween, { from: from + 1, to }));
      return rows.map(headerOf);
    },
  };
}

/** JCS(header) as the columns of the row and its sealed bytes give it now. */
export function headerOf(row: EntryRow): Uint8Array {
  const text = headerText({
    v: row.v,
    position: row.position,
    kind: row.kind,
    source: row.source,
    at: row.at,
    recordedAt: row.recorded_at,
    class: row.class,
    direction: row.direction ?? undefined,
    ciphertext: createHash('sha256').update(row.sealed).digest(),
    commitment: row.commitment,
  });
  return Buffer.from(text, 'utf8');
}
