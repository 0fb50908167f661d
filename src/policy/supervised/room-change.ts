/** Which change of a room's state is one that compliance must know of. Pure. */
import type { MatrixEvent } from '../../core/entry.ts';
import type { UserId } from '../../core/ids.ts';
import type { RoomChange } from '../../core/policy-entries.ts';

export interface Whose {
  /** A ghost or one of our bots. */
  readonly isOurs: (user: UserId) => boolean;
  /** A bot that has a place in rooms of ours. */
  readonly isBot: (user: string) => boolean;
}

/** By what it is alone: whether it holds in this room, and whether it is new there, is seen with the record. */
export function changeIn(event: MatrixEvent, { isOurs, isBot }: Whose): RoomChange | undefined {
  const { type, state_key: key, sender, content } = event;
  if (key === undefined || isOurs(sender)) return undefined;
  if (type === 'm.room.member') return isBot(key) && isOut(content['membership']) ? 'bot-removed' : undefined;
  if (key !== '' || !isRoomChangeType(type)) return undefined;
  // Without a longest age nothing is deleted.
  return type === 'm.room.retention' && content['max_lifetime'] === undefined ? undefined : byType[type];
}

const byType = {
  'm.room.encryption': 'encrypted',
  'm.room.power_levels': 'power-taken',
  'm.room.retention': 'retention',
} as const;

function isRoomChangeType(type: string): type is keyof typeof byType {
  return Object.hasOwn(byType, type);
}

function isOut(membership: unknown): boolean {
  return membership === 'leave' || membership === 'ban';
}
