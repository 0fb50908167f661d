/** Task `open`: a staff member asked for a chat. The room and the ghost are made, and the first words are shown in it. */
import type { Draft, EntryOf } from '../../core/entry.ts';
import type { RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { roomTurn } from '../inbound/deliver.ts';
import { matrixOutcomeDraft, roomGoneDraft } from '../drafts.ts';
import { ensureGhost, ensureInRoom, ghostOf } from '../portals/ghost.ts';
import { isAccountRefused, isGone, turnOf } from '../homeserver-turn.ts';
import { inviteNewcomers } from './newcomers.ts';
import { mustLook, type PortalRooms } from '../portals/portal-room.ts';
import { placeOfAddress, portalById, type Portal } from '../portals/portal-store.ts';
import { membershipOf } from '../portals/room-member-store.ts';
import type { People } from './people.ts';
import { personName } from './person-name.ts';
import { isUsable } from './usable.ts';
import { tell } from '../tell.ts';

const DONE: Turn = { to: 'done' };

interface OpenDeps extends BridgeDeps {
  readonly people: People;
}

export function createOpenHandler(deps: OpenDeps, rooms: PortalRooms): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'portal.wanted') return DONE;
    const portal = await find(entry, deps);
    const line = deps.lines.find((one) => one.id === entry.body.line);
    if (portal === undefined || line === undefined) return { to: 'dead', reason: 'internal' };
    const made = await ensureGhost(portal, deps);
    if (!made.ok && !isAccountRefused(made.error)) return turnOf(made.error);
    const turn = { position: task.position, attempts: task.attempts, mayRepeat: context.mayRepeat };
    const room = await rooms({ portal, line, look: mustLook(portal, turn), because: entry.position });
    if (!room.ok) return roomTurn(room.error);
    const opened = { entry, portal, room: room.value, look: context.mayRepeat };
    return settle(opened, made.ok ? made.value : [], deps);
  };
}

async function settle(opened: Opened, made: readonly Draft[], deps: OpenDeps): Promise<Turn> {
  const shown = await show(opened, deps);
  if (shown.ok) return { to: 'done', entries: [...made, ...shown.value] };
  return isGone(shown.error) ? orLost(shown.error, opened, deps) : turnOf(shown.error);
}

/** A room that was lost before anybody noticed: it goes on record, and the next turn opens a new one. */
async function orLost(
  failure: HomeserverFailure,
  { portal, room }: Pick<Opened, 'portal' | 'room'>,
  deps: BridgeDeps,
): Promise<Turn> {
  const usable = await isUsable(room, deps.homeserver);
  if (!usable.ok || usable.value) return turnOf(usable.ok ? failure : usable.error);
  const gone = roomGoneDraft(deps.clock.now(), { room, portal: portal.portal, why: failure.kind });
  return { to: 'retry', reason: 'homeserver-refused', entries: [gone] };
}

function find(entry: EntryOf<'portal.wanted'>, deps: BridgeDeps): Promise<Portal | undefined> {
  const { views } = deps.journal;
  return views.read(async (reading) => {
    const place = await placeOfAddress(reading, views.sealer, entry.body);
    return place === undefined ? undefined : portalById(reading, views.sealer, place.portal);
  });
}

interface Opened {
  readonly entry: EntryOf<'portal.wanted'>;
  readonly portal: Portal;
  readonly room: RoomId;
  readonly look: boolean;
}

/** Colleagues see what was written in their name; marks stand on it like on any other message. */
async function show(opened: Opened, deps: OpenDeps): Promise<Result<readonly Draft[], HomeserverFailure>> {
  const { entry, portal, room, look } = opened;
  const ghost = ghostOf(portal, deps.homeserver.domain);
  const joined = await ensureInRoom({ ghost, room, again: false }, deps);
  if (!joined.ok && !isAccountRefused(joined.error)) return joined;
  const staff = await deps.people.present(portal.line);
  const colleagues = await inviteNewcomers({ portal: portal.portal, room, staff }, deps);
  if (!colleagues.ok) return colleagues;
  const invited = colleagues.value.includes(entry.body.by) ? ok(undefined) : await invite(entry.body.by, room, deps);
  if (!invited.ok || entry.body.text === undefined) return invited.ok ? ok([]) : invited;
  const text = `${personName(entry.body.by)} wrote: ${entry.body.text}`;
  const said = await tell({ room, text, mention: [], source: entry.position, part: 'text', look }, deps);
  if (!said.ok) return said;
  const body = { of: entry.position, target: 'matrix' as const, state: 'sent' as const, eventId: said.value };
  return ok([matrixOutcomeDraft({ at: deps.clock.now(), room }, body)]);
}

/** Who asked belongs in the room, if on the line: somebody new to the line may not have been invited when it was made. */
async function invite(user: UserId, room: RoomId, deps: BridgeDeps): Promise<Result<void, HomeserverFailure>> {
  const { views } = deps.journal;
  const seen = await views.read((reading) => membershipOf(reading, views.sealer, { room, user }));
  if (seen === 'join' || seen === 'invite') return ok(undefined);
  const invited = await deps.homeserver.invite({ as: deps.homeserver.gatehouse, room, user });
  // Refused because already a member: the room's own events were only slower than we are. A room that is gone says so next.
  const refused = !invited.ok && (isGone(invited.error) || invited.error.kind === 'refused');
  return refused ? ok(undefined) : invited;
}
