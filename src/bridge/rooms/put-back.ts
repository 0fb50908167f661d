/** Task `ghost.removed`: somebody put the customer's side out of a portal. It is put back, and the room is told once. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { ghostOf } from '../portals/ghost.ts';
import { isGone, turnOf } from '../homeserver-turn.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { cleanName } from '../portals/shown-name.ts';
import { tell } from '../tell.ts';
import { Allowance } from './allowance.ts';

const DONE: Turn = { to: 'done' };
/** Against a moderation bot that removes it each time; the customer's next text brings it back all the same. */
const PER_HOUR = 5;

export function createPutBackHandler(deps: BridgeDeps): TaskHandler {
  const allowance = new Allowance(PER_HOUR, deps.clock);
  return async (task, entry) => {
    const found = await find(deps, entry);
    if (found === undefined || (task.attempts === 0 && allowance.take(found.portal.portal) === undefined)) return DONE;
    const back = await putBack(deps, found);
    if (!back.ok) return turnOf(back.error);
    const told = await say(deps, found, back.value);
    // Told nowhere else: where @gatehouse can't speak any more, the room is found lost with the next text.
    return told.ok || isGone(told.error) ? DONE : turnOf(told.error);
  };
}

interface Removed {
  readonly entry: EntryOf<'matrix.event'>;
  readonly portal: Portal;
  readonly room: RoomId;
  readonly ghost: UserId;
}

async function find(deps: BridgeDeps, entry: Entry | ErasedEntry): Promise<Removed | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event' || entry.portal === undefined) return undefined;
  const { portal: id } = entry;
  const { views } = deps.journal;
  const portal = await views.read((reading) => portalById(reading, views.sealer, id));
  if (portal?.room !== entry.body.room_id) return undefined;
  const ghost = ghostOf(portal, deps.homeserver.domain);
  return entry.body.state_key === ghost ? { entry, portal, room: portal.room, ghost } : undefined;
}

/** False where @gatehouse has no power to. */
async function putBack(deps: BridgeDeps, { entry, room, ghost }: Removed): Promise<Result<boolean, HomeserverFailure>> {
  const { homeserver } = deps;
  const as = homeserver.gatehouse;
  if (entry.body.content['membership'] === 'ban') {
    const free = await liftBan(deps, room, ghost);
    if (!free.ok) return isGone(free.error) ? ok(false) : free;
  }
  const joined = await homeserver.ensureJoined({ as: ghost, room, inviter: as });
  if (!joined.ok) return isGone(joined.error) ? ok(false) : joined;
  return ok(true);
}

/** A turn that was cut off may have lifted it and let the ghost in: lifted again, it would put the ghost out. */
async function liftBan(
  { homeserver }: BridgeDeps,
  room: RoomId,
  ghost: UserId,
): Promise<Result<unknown, HomeserverFailure>> {
  const member = { as: homeserver.gatehouse, room, type: 'm.room.member', stateKey: ghost };
  const now = await homeserver.state(member);
  if (!now.ok || now.value?.['membership'] !== 'ban') return now;
  return homeserver.setState({ ...member, content: { membership: 'leave' } });
}

/** One source for each portal: once for good, however often it happens. */
function say(deps: BridgeDeps, { entry, portal, room }: Removed, back: boolean) {
  const who = cleanName(portal.name) ?? 'The customer';
  const text = back
    ? `${who}'s side was removed from this room. It is back: without it ${who}'s texts can't be shown here.`
    : `${who}'s side was removed from this room, and Gatehouse may not bring it back. ${who}'s next text opens a new chat.`;
  const part = back ? 'ghost-back' : 'ghost-removed';
  return tell({ room, text, mention: [entry.body.sender], source: portal.created, part, look: true }, deps);
}
