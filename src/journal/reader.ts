/** Reading the record: rows, opened entries, leaves and headers. On its own read-only connection. */
import type { Entry, ErasedEntry, Source } from '../core/entry.ts';
import { must, parsePosition, type Position } from '../core/ids.ts';
import type { Database } from '../storage/database.ts';
import { sha256 } from './entry-cipher.ts';
import { bySource, entriesBetween, entryAt, leavesBetween, sureBySource, timesBetween } from './entry-store.ts';
import type { EntryRow, EntryTimes } from './entry-store.ts';
import { allStale, readHead, type Head, type Stale } from './head-store.ts';
import { headerText } from './header.ts';
import { sourceHash } from './identity.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { CompactTree } from './merkle/tree.ts';
import { openRow } from './opener.ts';

/** Entries in one step of a long walk. */
export const PAGE = 256;
/** Entries with one source that are looked up at most. */
const OF_ONE_SOURCE = 64;

/** Positions, both included. */
export interface Range {
  readonly from: Position;
  readonly to: Position;
}

export interface JournalStats {
  readonly size: number;
  readonly epoch: number;
  /** The tree's root over all entries. */
  readonly root: Uint8Array;
  readonly stale: readonly Stale[];
}

export class JournalReader {
  readonly #database: Database;
  readonly #keys: KeyRing;

  constructor(database: Database, keys: KeyRing) {
    this.#database = database;
    this.#keys = keys;
  }

  /** @throws EntryDamaged */
  async read(position: Position): Promise<Entry | ErasedEntry | undefined> {
    const row = await this.#database.read((reading) => reading.get(entryAt, { position }));
    return row === undefined ? undefined : openRow(row, await this.#keys.entryKey(position));
  }

  /** In the order asked for; positions that don't exist are left out. @throws EntryDamaged */
  async readMany(positions: readonly Position[]): Promise<readonly (Entry | ErasedEntry)[]> {
    const rows = await this.#database.read(async (reading) => {
      const found: EntryRow[] = [];
      for (const position of positions) {
        const row = await reading.get(entryAt, { position });
        if (row !== undefined) found.push(row);
      }
      return found;
    });
    const opened: (Entry | ErasedEntry)[] = [];
    for (const row of rows) opened.push(openRow(row, await this.#keys.entryKey(row.position)));
    return opened;
  }

  /** Up to `limit` entries from `from` on, oldest first; empty at the end. @throws EntryDamaged */
  async entriesFrom(from: Position, limit = PAGE): Promise<readonly (Entry | ErasedEntry)[]> {
    const range = { from, to: must(parsePosition(from + limit - 1)) };
    const rows = await this.rows(range);
    const keys = await this.#keys.entryKeys(range);
    return rows.map((row) => openRow(row, keys.get(row.position)));
  }

  /** The stored rows, as they are. */
  rows(range: Range): Promise<readonly EntryRow[]> {
    return this.#database.read((reading) => reading.all(entriesBetween, { from: range.from, to: range.to }));
  }

  /** When each happened and was recorded; the rows' texts are not read. */
  times(range: Range): Promise<readonly EntryTimes[]> {
    return this.#database.read((reading) => reading.all(timesBetween, { from: range.from, to: range.to }));
  }

  /** Entries that came from this source, oldest first: the first, and its conflicts or look-alikes. */
  async bySource(source: Pick<Source, 'system' | 'id'>): Promise<readonly Position[]> {
    const hash = sourceHash(this.#keys.source, source);
    const rows = await this.#database.read((reading) => reading.all(bySource, { source: hash, limit: OF_ONE_SOURCE }));
    return rows.map((row) => row.position);
  }

  /** Those of `ids` that no entry of `system` has, in the order given: sure ids only. */
  missingOf<I extends string>(system: Source['system'], ids: readonly I[]): Promise<readonly I[]> {
    return this.#database.read(async (reading) => {
      const missing: I[] = [];
      for (const id of ids) {
        const source = sourceHash(this.#keys.source, { system, id });
        if ((await reading.get(sureBySource, { source, limit: 1 })) === undefined) missing.push(id);
      }
      return missing;
    });
  }

  async leaves(range: Range): Promise<readonly Uint8Array[]> {
    const rows = await this.#database.read((reading) => reading.all(leavesBetween, { from: range.from, to: range.to }));
    return rows.map((row) => row.leaf);
  }

  /** JCS of the headers: what the leaves are hashes of. */
  async headers(range: Range): Promise<readonly string[]> {
    return (await this.rows(range)).map(headerOf);
  }

  async size(): Promise<number> {
    return (await this.#head()).position;
  }

  async stats(): Promise<JournalStats> {
    const stale = await this.#database.read((reading) => reading.all(allStale, {}));
    const head = await this.#head();
    return { size: head.position, epoch: head.epoch, root: CompactTree.restore(head.tree).root(), stale };
  }

  async stale(): Promise<readonly string[]> {
    const rows = await this.#database.read((reading) => reading.all(allStale, {}));
    return rows.map((row) => row.name);
  }

  async #head(): Promise<Head> {
    const head = await this.#database.read((reading) => reading.get(readHead, {}));
    if (head === undefined) throw new Error('the journal has no head row: restore a backup');
    return head;
  }
}

/** The header of a stored row, from its columns. */
export function headerOf(row: EntryRow): string {
  return headerText({
    v: row.v,
    position: row.position,
    kind: row.kind,
    source: row.source,
    at: row.at,
    recordedAt: row.recorded_at,
    class: row.class,
    direction: row.direction ?? undefined,
    ciphertext: sha256(row.sealed),
    commitment: row.commitment,
  });
}
