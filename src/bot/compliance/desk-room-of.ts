/** Which desk a room is. */
import type { RoomId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Views } from '../../journal/journal.ts';
import { ourRoom } from '../our-room-store.ts';

export async function deskAt(
  views: Pick<Views, 'read'>,
  desks: readonly Desk[],
  room: RoomId,
): Promise<Desk | undefined> {
  const ours = await views.read((reading) => ourRoom(reading, room));
  return ours?.kind === 'desk' ? desks.find((desk) => desk.id === ours.desk) : undefined;
}
