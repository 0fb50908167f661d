/**
 * What the homeserver itself has of its rooms, whoever is in them: what gap repair and reconciliation compare the record
 * with. `matrix/` implements it with the admin's token; without one it reads only the rooms of our own bots.
 */
import type { DraftOf } from '../entry.ts';
import type { EventId, Millis, RoomId } from '../ids.ts';
import type { Done } from './homeserver.ts';

export interface HistoryEvent {
  readonly id: EventId;
  /** By the homeserver's clock. */
  readonly at: Millis;
  /** Its content is gone already: redacted before we could read it. */
  readonly pruned: boolean;
  /** Its entry, the same as if it had been brought to us. */
  readonly draft: DraftOf<'matrix.event'> | DraftOf<'matrix.malformed'>;
}

export interface HistoryPage {
  /** Newest first, at most 100. */
  readonly events: readonly HistoryEvent[];
  /** Where this page begins: the same events again, whatever was said since. */
  readonly start?: string;
  /** Where the next older page begins; absent at the beginning of the room. */
  readonly end?: string;
}

export interface RoomHistory {
  /** `all`: every room of the server; `ours`: only the rooms that our bots are in, because there is no admin token. */
  readonly reach: 'all' | 'ours';
  /** A page of rooms; `next` begins the following one. */
  rooms(from?: string): Done<{ readonly rooms: readonly RoomId[]; readonly next?: string }>;
  page(room: RoomId, from?: string): Done<HistoryPage>;
}

/** What the record knows of Matrix events, by their ids alone. */
export interface EventsOnRecord {
  /** Those of `events` (at most 1,000) that no entry has. */
  missing(events: readonly EventId[]): Promise<readonly EventId[]>;
}
