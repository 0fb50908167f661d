/**
 * Which things from outside are on record, by keyed hashes of their source ids alone: no entry is opened, so that whole
 * days can be compared with what a homeserver or a provider says it has.
 */
import type { Source } from '../core/entry.ts';
import { must, parsePosition, type LineId, type Millis, type Position, type RoomId } from '../core/ids.ts';
import type { Database } from '../storage/database.ts';
import { receivedBetween, roomEventsBetween, sureBySource, type ReceivedRow } from './entry-store.ts';
import { sourceHash } from './identity.ts';
import type { KeyRing } from './keys/key-ring.ts';

/** Positions in one read: short, so that no read holds back the log of the database. */
const PAGE = 1_000;

/** HMAC of a source's system and id. */
export type SourceKey = Uint8Array;

export interface Received {
  readonly position: Position;
  readonly is: 'event' | 'message';
  readonly key: SourceKey;
  /** By the peer's clock. */
  readonly at: Millis;
  readonly room: RoomId | undefined;
  readonly line: LineId | undefined;
}

export interface ReceivedPage {
  /** The oldest position of the page, whatever is there. */
  readonly from: Position;
  readonly received: readonly Received[];
  /** When the newest of `received` was recorded; undefined without any. */
  readonly newestRecordedAt: Millis | undefined;
}

export interface SeenEvent {
  readonly at: Millis;
  readonly key: SourceKey;
}

export class ReceivedSources {
  readonly #database: Pick<Database, 'read'>;
  readonly #keys: KeyRing;

  constructor(database: Pick<Database, 'read'>, keys: KeyRing) {
    this.#database = database;
    this.#keys = keys;
  }

  keyOf(source: Pick<Source, 'system' | 'id'>): SourceKey {
    return sourceHash(this.#keys.source, source);
  }

  /** What came from outside up to position `newest`, in pages from the newest to the oldest. */
  async *backFrom(newest: number): AsyncGenerator<ReceivedPage> {
    for (let to = newest; to >= 1; to -= PAGE) {
      const from = Math.max(1, to - PAGE + 1);
      const rows = await this.#database.read((reading) => reading.all(receivedBetween, { from, to }));
      const newestRecordedAt = rows.at(-1)?.recorded_at;
      yield { from: must(parsePosition(from)), received: rows.map(receivedOf), newestRecordedAt };
    }
  }

  /** Events of `room` among the positions `from` to `to`, in pages; `since` to before `until` by the homeserver's clock. */
  async *eventsOf(
    room: RoomId,
    within: { readonly from: number; readonly to: number; readonly since: number; readonly until: number },
  ): AsyncGenerator<readonly SeenEvent[]> {
    const { since, until } = within;
    for (let from = within.from; from <= within.to; from += PAGE) {
      const to = Math.min(within.to, from + PAGE - 1);
      const rows = await this.#database.read((reading) =>
        reading.all(roomEventsBetween, { from, to, room, since, until }),
      );
      yield rows.map((row) => ({ at: row.at, key: row.source }));
    }
  }

  /** Those of `keys` that no entry has. */
  async missing(keys: readonly SourceKey[]): Promise<readonly SourceKey[]> {
    const missing: SourceKey[] = [];
    for (let from = 0; from < keys.length; from += PAGE) {
      const page = keys.slice(from, from + PAGE);
      await this.#database.read(async (reading) => {
        for (const source of page) {
          if ((await reading.all(sureBySource, { source, limit: 1 })).length === 0) missing.push(source);
        }
      });
    }
    return missing;
  }
}

function receivedOf(row: ReceivedRow): Received {
  return {
    position: row.position,
    is: row.kind === 'network.message' ? 'message' : 'event',
    key: row.source,
    at: row.at,
    room: row.room ?? undefined,
    line: row.line ?? undefined,
  };
}
