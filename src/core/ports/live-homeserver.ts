/** What of our users is told to the homeserver and never recorded: it is no message, and a lost one is no loss. */
import type { EventId, RoomId, UserId } from '../ids.ts';
import type { Done } from './homeserver.ts';
import type { PresenceState } from './outbound.ts';

export interface LiveHomeserver {
  /** `as` has read the room up to `event`. */
  read(of: { readonly as: UserId; readonly room: RoomId; readonly event: EventId }): Done<void>;
  /** For `forMs` milliseconds, or until it is said to be over. */
  typing(of: { readonly as: UserId; readonly room: RoomId; readonly on: boolean; readonly forMs: number }): Done<void>;
  /** Matrix knows three states; what is more goes into the words. */
  presence(of: { readonly as: UserId; readonly state: PresenceState; readonly words?: string }): Done<void>;
}

/** What the homeserver tells of people in rooms that a ghost or bot of ours is in (MSC2409). */
export type LiveEvent =
  | { readonly is: 'read'; readonly room: RoomId; readonly user: UserId; readonly event: EventId }
  /** All who type in the room now. */
  | { readonly is: 'typing'; readonly room: RoomId; readonly users: readonly UserId[] }
  | { readonly is: 'presence'; readonly user: UserId; readonly state: PresenceState; readonly words?: string };
