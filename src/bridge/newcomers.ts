/** Staff who came to a line after a portal's room was made are invited with the next message. */
import type { RoomId, UserId } from '../core/ids.ts';
import type { HomeserverFailure } from '../core/ports/homeserver.ts';
import { ok, type Result } from '../core/result.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { membershipOf } from './room-store.ts';

/**
 * Whoever was invited or a member before is left alone: who left, left. While nobody's membership is on record the room
 * is so new that its invitations are on their way.
 */
export async function inviteNewcomers(
  at: { readonly room: RoomId; readonly staff: readonly UserId[] },
  { homeserver, journal }: Pick<BridgeDeps, 'homeserver' | 'journal'>,
): Promise<Result<void, HomeserverFailure>> {
  const { room, staff } = at;
  const { views } = journal;
  const newcomers = await views.read(async (reading) => {
    const unknown: UserId[] = [];
    for (const user of staff) {
      if ((await membershipOf(reading, views.sealer, { room, user })) === undefined) unknown.push(user);
    }
    return unknown.length === staff.length ? [] : unknown;
  });
  for (const user of newcomers) {
    const invited = await homeserver.invite({ as: homeserver.gatehouse, room, user });
    // Forbidden: a member already, or somebody the homeserver does not let in. The message is shown all the same.
    if (!invited.ok && invited.error.kind !== 'forbidden') return invited;
  }
  return ok(undefined);
}
