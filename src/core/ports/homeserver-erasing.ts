/**
 * What a server admin takes away on the homeserver for good. `matrix/` implements it with the admin's token; without one
 * it is absent. Each call may be made again after a crash: what is gone already is no failure.
 */
import type { EventId, MediaUri, RoomId, UserId } from '../ids.ts';
import type { Done } from './homeserver.ts';

/** An event that the homeserver lists in a room. */
export interface ListedEvent {
  readonly id: EventId;
  /** State events are never purged while their room is there. */
  readonly isState: boolean;
}

export interface HomeserverErasing {
  /** From the beginning of a room, at most 100, in the order by which it is purged; `next` begins the following page. */
  oldest(room: RoomId, from?: string): Done<{ readonly events: readonly ListedEvent[]; readonly next?: string }>;
  /** Deletes what is no state event and older than `before`. Resolves when it is over. */
  purge(history: { readonly room: RoomId; readonly before: EventId }, signal: AbortSignal): Done<void>;
  /** How many of our homeserver's users are in it; undefined where it has no such room. */
  joined(room: RoomId): Done<number | undefined>;
  /** The room with all that is in it; whoever is in it leaves. Resolves when it is over. */
  deleteRoom(room: RoomId, signal: AbortSignal): Done<void>;
  /** Whether an event is there still, and with its content. */
  look(at: { readonly room: RoomId; readonly event: EventId }): Done<'there' | 'redacted' | 'gone'>;
  /** The file of our own homeserver; `not-ours` is another server's to delete. */
  deleteMedia(uri: MediaUri): Done<'gone' | 'not-ours'>;
  /**
   * Takes a ghost of ours out of use, its profile and what it was called with it: Synapse shows what it wrote as redacted to
   * whoever was not there. Its id stays: an id cannot be deleted.
   */
  deactivate(ghost: UserId): Done<void>;
  /** Lets it in again: whoever it stands for came back. */
  activate(ghost: UserId): Done<void>;
}
