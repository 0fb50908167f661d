/** The line's staff are invited into a portal's room: all into a new one, and with the next message who came later. */
import type { PortalId, RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { membershipOf } from '../portals/room-member-store.ts';
import { notAbsent } from './absence-store.ts';
import type { People } from './people.ts';

interface Inviting {
  readonly portal: PortalId;
  /** On record as the portal's. */
  readonly room: RoomId;
  readonly staff: readonly UserId[];
}

/**
 * Resolves with those of the staff who can read the room. Whoever was invited or a member before is left alone: who left,
 * left.
 */
export async function inviteNewcomers(
  at: Inviting,
  { journal, people }: Pick<BridgeDeps, 'journal'> & { readonly people: People },
): Promise<Result<readonly UserId[], HomeserverFailure>> {
  const { portal, room, staff } = at;
  const { views } = journal;
  const { readers, newcomers } = await views.read(async (reading) => {
    const here: UserId[] = [];
    const unknown: UserId[] = [];
    for (const user of staff) {
      const seen = await membershipOf(reading, views.sealer, { room, user });
      if (seen === undefined) unknown.push(user);
      else if (seen === 'join' || seen === 'invite') here.push(user);
    }
    return { readers: here, newcomers: await notAbsent(reading, views.sealer, { portal, users: unknown }) };
  });
  const came: UserId[] = [];
  for (const user of newcomers) {
    const invited = await people.invite(room, user);
    if (!invited.ok) return invited;
    if (invited.value) came.push(user);
  }
  return ok([...readers, ...came]);
}
