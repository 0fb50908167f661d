/** What the room that a message was written in is to its portal by now. */
import type { Reading } from '../../storage/database.ts';
import type { Message } from '../messages/message-store.ts';
import type { Portal } from '../portals/portal-store.ts';
import { otherRoom } from '../portals/room-lineage-store.ts';

/** `next`: it is not decided yet whether the portal moves there; `moved`: the portal moved out of it; `gone`: it was lost. */
export type WrittenIn = 'here' | 'next' | 'moved' | 'gone';

export async function writtenIn(
  reading: Reading,
  message: Pick<Message, 'room'>,
  portal: Pick<Portal, 'room' | 'goneRoom'>,
): Promise<WrittenIn> {
  const { room } = message;
  if (room === undefined || room === portal.room) return 'here';
  const other = await otherRoom(reading, room);
  if (other !== undefined && other.state !== 'made') return other.state === 'closed' ? 'gone' : other.state;
  return room === portal.goneRoom ? 'gone' : 'here';
}
