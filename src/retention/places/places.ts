/**
 * The places of people outside of whom nothing is left but what the house is built on: their portals are closed, for good
 * and on record, then their rooms go on the homeserver, and after that the run erases what stood for them.
 */
import type { EntryOf } from '../../core/entry.ts';
import type { ContactId, PortalId, Position, RoomId } from '../../core/ids.ts';
import type { LeftPlace } from './place-notes.ts';

/** What a contact has, as the bridge knows it. */
export interface PlacesOf {
  readonly portals: readonly { readonly portal: PortalId; readonly room: RoomId | undefined }[];
  /** Those that the portals have, and those that they moved out of: nobody else's. */
  readonly rooms: readonly RoomId[];
}

export interface Leaving {
  readonly run: EntryOf<'retention.run'>;
  /** Whether each of these records may go by this run, but for what the house is built on: by age, or by a request. */
  readonly mayGo: (positions: readonly Position[]) => Promise<boolean>;
  readonly signal: AbortSignal;
}

export interface Places {
  /**
   * Closes what may be closed of these contacts, and deletes its rooms: nothing of the contact is left but what stands, all
   * of it may go, and neither a hold nor open work is on any of it. A message that comes meanwhile keeps the portal. What
   * stood for them stands no more afterwards: the caller erases it. Killed anywhere it goes on with what it had closed.
   * @returns all that this run closed, in earlier lives too; undefined while the homeserver is away
   */
  leave(
    contacts: AsyncIterable<ContactId> | Iterable<ContactId>,
    leaving: Leaving,
  ): Promise<readonly LeftPlace[] | undefined>;
}
