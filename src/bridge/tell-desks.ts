/** Tells compliance what it must know: a text that mentions everybody at every desk, so that it sounds. */
import type { EventId, Position, RoomId, UserId } from '../core/ids.ts';
import type { HomeserverFailure } from '../core/ports/homeserver.ts';
import { ok, type Result } from '../core/result.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { deskRooms, roomFacts } from './portals/room-store.ts';

export interface DeskTelling {
  readonly text: string;
  readonly source: Position;
  readonly part: string;
  /** It may have been told before: look first. */
  readonly look: boolean;
}

/**
 * Resolves with how many desks were told. A desk that can't be told keeps no other from hearing it; its failure is the
 * answer, and a repeat with `look` tells only those who have not heard it.
 */
export async function tellDesks(
  telling: DeskTelling,
  deps: Pick<BridgeDeps, 'homeserver' | 'journal'>,
): Promise<Result<number, HomeserverFailure>> {
  const rooms = await deps.journal.views.read((reading) => deskRooms(reading));
  let failed: Result<number, HomeserverFailure> | undefined;
  for (const room of rooms) {
    const told = await tellOne(room, telling, deps);
    if (!told.ok) failed ??= told;
  }
  return failed ?? ok(rooms.length);
}

async function tellOne(
  room: RoomId,
  { text, source, part, look }: DeskTelling,
  deps: Pick<BridgeDeps, 'homeserver' | 'journal'>,
): Promise<Result<EventId, HomeserverFailure>> {
  const { homeserver } = deps;
  const event = { as: homeserver.compliance, room, source, part: `${part}-${room}` };
  if (look) {
    const before = await homeserver.findEcho(event);
    if (!before.ok) return before;
    if (before.value !== undefined) return ok(before.value);
  }
  const content = { msgtype: 'm.text', body: text, 'm.mentions': { user_ids: await peopleIn(room, deps) } };
  return homeserver.send({ ...event, type: 'm.room.message', content });
}

async function peopleIn(room: RoomId, deps: Pick<BridgeDeps, 'homeserver' | 'journal'>): Promise<readonly UserId[]> {
  const { views } = deps.journal;
  const facts = await views.read((reading) => roomFacts(reading, views.sealer, room));
  return (facts?.members ?? []).map((member) => member.user).filter((user) => !deps.homeserver.isOurs(user));
}
