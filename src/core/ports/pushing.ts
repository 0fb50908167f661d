/** Whether the homeserver brings us events, and how far it has come. `matrix/gaps` implements both ports. */
import type { Millis, RoomId } from '../ids.ts';

export interface Pushing {
  /**
   * Sends an event of our own and waits for it. `moves`: it came back on the archive stream. `still`: the homeserver took
   * it and did not bring it within 30 s. `homeserver-down`: it could not be sent. Calls at the same time share one event.
   */
  probe(): Promise<'moves' | 'still' | 'homeserver-down'>;
}

/** When an event that is on the homeserver and not on record may be called missing (docs/decisions/0012). */
export interface Deliveries {
  /** Where the archive stream is now: noted before a room is read. */
  mark(): number;
  /**
   * Whether an event that was sent in the room after it was read came since `mark`: a room's events come in order, so
   * nothing that was read comes after it. `newest` is the latest time among the events that were read.
   */
  passed(room: RoomId, read: { readonly mark: number; readonly newest: Millis }): boolean;
  /**
   * Resolves `settled` when everything that the homeserver had accepted before the call was brought to us, or never will
   * be; `homeserver-down` when that can't be known now, or `signal` was aborted. It may take minutes while a backlog comes.
   */
  settled(signal: AbortSignal): Promise<'settled' | 'homeserver-down'>;
}
