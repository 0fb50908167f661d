/** Where a desk answers: in a room that is invite-only, readable by it, and has nobody in it without a role (DESIGN 14). */
import { roleAt, type Desk } from '../../core/line.ts';
import type { UserId } from '../../core/ids.ts';
import { oneLine } from '../quote.ts';

export interface DeskRoomState {
  readonly encrypted: boolean;
  /** Undefined when the room has no join rules: then Matrix takes `invite`. */
  readonly joinRule: string | undefined;
  readonly members: readonly { readonly user: UserId; readonly membership: 'join' | 'invite' }[];
}

export interface Silence {
  readonly why: 'encrypted' | 'not-invite-only' | 'stranger';
  readonly text: string;
}

/** Undefined where the desk may speak. Somebody invited counts: they can read what is said from then on. */
export function whySilent(desk: Desk, room: DeskRoomState, isOurs: (user: UserId) => boolean): Silence | undefined {
  if (room.encrypted) {
    return {
      why: 'encrypted',
      text: "I don't answer here: this room is encrypted and I can't read it yet. Use a room without encryption.",
    };
  }
  if (room.joinRule !== undefined && room.joinRule !== 'invite') {
    return {
      why: 'not-invite-only',
      text: "I don't answer here: the room is open to more than invited people. Set it to invite-only.",
    };
  }
  const strangers = room.members.filter(({ user }) => !isOurs(user) && roleAt(desk, user) === undefined);
  if (strangers.length === 0) return undefined;
  const shown = strangers
    .slice(0, 3)
    .map(({ user }) => oneLine(user))
    .join(', ');
  const more = strangers.length > 3 ? ` and ${strangers.length - 3} more` : '';
  const who = strangers.length === 1 ? 'has' : 'have';
  return {
    why: 'stranger',
    text: `I don't answer here: ${shown}${more} ${who} no role at this desk. Remove them from the room, or give them a role in the config.`,
  };
}
