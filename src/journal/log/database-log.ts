/** The log's source in the journal's own tables. */
import type { Database } from '../../storage/database.ts';
import { entriesBetween, leavesBetween } from '../entry-store.ts';
import { readHead } from '../head-store.ts';
import { CompactTree } from '../merkle/tree.ts';
import { headerOf } from '../reader.ts';
import type { LogSource } from './log-source.ts';

export function createDatabaseLog(database: Pick<Database, 'read'>): LogSource {
  return {
    head: async () => {
      const head = await database.read((reading) => reading.get(readHead, {}));
      const tree = head === undefined ? CompactTree.empty() : CompactTree.restore(head.tree);
      return { size: head?.position ?? 0, root: tree.root() };
    },
    leaves: async (from, to) => {
      const rows = await database.read((reading) => reading.all(leavesBetween, { from: from + 1, to }));
      return rows.map((row) => row.leaf);
    },
    headers: async (from, to) => {
      const rows = await database.read((reading) => reading.all(entriesBetween, { from: from + 1, to }));
      return rows.map((row) => Buffer.from(headerOf(row), 'utf8'));
    },
  };
}
