/**
 * Task `invited`: one of ours was invited to a room that is none of ours. It declines with a line that says where to
 * turn, and never acts there. A flood of invitations is left unanswered after the first.
 */
import { leftOf } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { must, parseUserId, type RoomId, type UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { ensureInRoom, ghostOf } from '../portals/ghost.ts';
import { ghostNamed } from '../contacts/ghost-store.ts';
import { isGone, turnOf } from '../homeserver-turn.ts';
import { kindOfUser } from '../people/our-users.ts';
import { placeOfRoom, portalById, type Portal } from '../portals/portal-store.ts';
import { roomOfUse } from '../portals/room-store.ts';
import { tell } from '../tell.ts';
import { Allowance } from './allowance.ts';
import { otherRoom } from '../portals/room-lineage-store.ts';

const DONE: Turn = { to: 'done' };
/** Whoever upgrades a room may invite into the new one first, and say only then that it follows ours. */
const WAIT_MS = 3_000;
/** Declined for each inviter; of these the first is also told in the inviter's own chat with @gatehouse. */
const PER_HOUR = 20;

interface Invitation {
  readonly entry: EntryOf<'matrix.event'>;
  readonly guest: UserId;
  readonly portal: Portal | undefined;
  readonly look: boolean;
}

export function createInvitedHandler(deps: BridgeDeps): TaskHandler {
  const allowance = new Allowance(PER_HOUR, deps.clock);
  return async (task, entry, context) => {
    const found = await find(deps, entry, context.mayRepeat || task.attempts > 0);
    if (found === undefined) return DONE;
    const early = leftOf(WAIT_MS, found.entry.recordedAt, deps.clock);
    if (early > 0) return { to: 'retry', reason: 'rate-limited', afterMs: early };
    const { guest, portal } = found;
    const { room_id: room } = found.entry.body;
    if (portal !== undefined && ghostOf(portal, deps.homeserver.domain) === guest) {
      return comeBack(deps, guest, { portal, room });
    }
    return portal?.room === room && guest === deps.homeserver.gatehouse ? stay(deps, room) : answer(found);
  };

  async function answer(invitation: Invitation): Promise<Turn> {
    const count = allowance.take(invitation.entry.body.sender);
    if (count === undefined) return DONE;
    const done = await decline(deps, invitation, count === 1);
    return done.ok ? DONE : turnOf(done.error);
  }
}

/** Into a room that the portal moves to, or out of, the move itself brings it. */
async function comeBack(
  deps: BridgeDeps,
  ghost: UserId,
  { portal, room }: { readonly portal: Portal; readonly room: RoomId },
): Promise<Turn> {
  if (portal.room !== room) return DONE;
  const back = await ensureInRoom({ ghost, room, again: false }, deps);
  return back.ok || isGone(back.error) ? DONE : turnOf(back.error);
}

/**
 * The invitation by which @gatehouse came into the room that its portal moved to may be brought when the move is on
 * record already: it is none to decline.
 */
async function stay({ homeserver }: BridgeDeps, room: RoomId): Promise<Turn> {
  const { gatehouse: as } = homeserver;
  const joined = await homeserver.ensureJoined({ as, room, inviter: as });
  return joined.ok || isGone(joined.error) ? DONE : turnOf(joined.error);
}

async function find(deps: BridgeDeps, entry: Entry | ErasedEntry, look: boolean): Promise<Invitation | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event') return undefined;
  const { views } = deps.journal;
  const room = entry.body.room_id;
  const portal = await views.read(async (reading) => {
    const id = (await placeOfRoom(reading, room))?.portal ?? (await otherRoom(reading, room))?.portal;
    return id === undefined ? undefined : portalById(reading, views.sealer, id);
  });
  return { entry, guest: must(parseUserId(entry.body.state_key)), portal, look };
}

async function decline(
  deps: BridgeDeps,
  invitation: Invitation,
  tellToo: boolean,
): Promise<Result<unknown, HomeserverFailure>> {
  const { entry, guest } = invitation;
  const reason = await reasonOf(deps, invitation);
  const left = await deps.homeserver.setState({
    as: guest,
    room: entry.body.room_id,
    type: 'm.room.member',
    stateKey: guest,
    content: { membership: 'leave', reason },
  });
  // Taken back meanwhile, or the ghost was never made: then it can't come either.
  if (!left.ok && !isGone(left.error) && left.error.kind !== 'refused') return left;
  return tellToo ? tellInviter(deps, invitation, reason) : ok(undefined);
}

async function reasonOf(deps: BridgeDeps, { guest, portal }: Invitation): Promise<string> {
  const { homeserver, journal } = deps;
  if (guest === homeserver.gatehouse) {
    return portal === undefined
      ? 'I only talk to people of this company.'
      : 'This chat has another room now; I left this one for good.';
  }
  if (kindOfUser(guest, homeserver.domain) !== 'ghost') return 'I take no invitations.';
  const { views } = journal;
  const name = await views.read((reading) => ghostNamed(reading, views.sealer, guest));
  return `${name ?? 'This'} is only a stand-in for a customer and takes no invitations. To write to a customer, send !sms and the number to @gatehouse.`;
}

/** Not every app shows the reason of a declined invitation. */
async function tellInviter(
  deps: BridgeDeps,
  { entry, look }: Invitation,
  text: string,
): Promise<Result<unknown, HomeserverFailure>> {
  const { sender } = entry.body;
  const room = await deps.journal.views.read((reading) => roomOfUse(reading, { kind: 'staff', user: sender }));
  if (room === undefined) return ok(undefined);
  const told = await tell({ room, text, mention: [sender], source: entry.position, part: 'declined', look }, deps);
  return told.ok || !isGone(told.error) ? told : ok(undefined);
}
