/**
 * The room of a portal: looked for, made, checked and recorded, so that a crash at any line makes no second one. Staff are
 * invited only when it is on record (`newcomers.ts`): what they write in it is never taken for words among themselves.
 */
import { positionOfPortal, type PortalId, type Position, type RoomId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { HomeserverFailure, NewRoom } from '../../core/ports/homeserver.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { nameOf } from '../contacts/contact-store.ts';
import { portalClosedDraft, portalOpenedDraft, roomGoneDraft } from '../drafts.ts';
import { isGone } from '../homeserver-turn.ts';
import { createLineSpaces } from './line-space.ts';
import { portalsOf, type Portal } from './portal-store.ts';
import { PORTAL_MARK, portalState } from './portal-state.ts';
import { otherRoomsOf } from './room-lineage-store.ts';
import { Recent } from '../recent.ts';
import { contactTitle } from './shown-name.ts';

/** Portals whose room is being made, remembered at most. */
const ASKED_MAX = 10_000;
const ENCRYPTED_WARNING = 'portal-rooms-encrypted';
const ENCRYPTED_WORDS =
  'Synapse encrypts new rooms by itself, so chats with customers cannot be opened: set ' +
  'encryption_enabled_by_default_for_room_type to off in homeserver.yaml and restart Synapse. ' +
  'Waiting messages are shown then.';

/** `encrypted`: the homeserver encrypted the room against our wish, so it is not used. */
export type RoomFailure = HomeserverFailure | { readonly kind: 'encrypted' };

interface Opening {
  readonly portal: Portal;
  readonly line: Line;
  /** True when an earlier turn may have made the room without its being recorded. */
  readonly look: boolean;
  /** The wish that it is opened for. */
  readonly because?: Position;
}
export type PortalRooms = (opening: Opening) => Promise<Result<RoomId, RoomFailure>>;

export function createPortalRooms(deps: BridgeDeps): PortalRooms {
  const spaceOf = createLineSpaces(deps);
  // A room was asked for and is not on record yet: a turn that ended at a gate is no attempt, and must look all the same.
  const asked = new Recent<PortalId, true>(ASKED_MAX);
  return async (opening) => {
    if (opening.portal.room !== undefined) return ok(opening.portal.room);
    const space = await spaceOf(opening.line);
    if (!space.ok) return space;
    const look = opening.look || asked.get(opening.portal.portal) === true;
    asked.set(opening.portal.portal, true);
    const made = await usableRoom({ ...opening, look }, space.value, deps);
    if (!made.ok) return made;
    const child = await putInSpace(made.value, space.value, deps);
    if (!child.ok && !isGone(child.error)) return child;
    // The space was deleted, or we were put out of it: the next portal makes a new one, this one stands outside.
    if (!child.ok) await deps.journal.append([roomGoneDraft(deps.clock.now(), { room: space.value, why: 'removed' })]);
    const { portal, line, contact, network } = opening.portal;
    const because = opening.because === undefined ? {} : { because: opening.because };
    const body = { portal, room: made.value, line, contact, network, ...because };
    await deps.journal.append([portalOpenedDraft(deps.clock.now(), body)]);
    asked.delete(portal);
    deps.log.info('portal.opened', { portal, line });
    return ok(made.value);
  };
}

function putInSpace(room: RoomId, space: RoomId, { homeserver }: BridgeDeps) {
  const content = { via: [homeserver.domain] };
  return homeserver.setState({ as: homeserver.gatehouse, room: space, type: 'm.space.child', stateKey: room, content });
}

/** The room that an earlier turn made, if it can be used, else a new one. */
async function usableRoom(opening: Opening, space: RoomId, deps: BridgeDeps): Promise<Result<RoomId, RoomFailure>> {
  const { portal } = opening.portal;
  const found = opening.look ? await findRoom(opening.portal, deps) : ok(undefined);
  if (!found.ok) return found;
  if (found.value !== undefined) {
    const usable = await checkUnencrypted(portal, found.value, deps);
    if (usable.ok) return ok(found.value);
    if (usable.error.kind !== 'encrypted') return usable;
  }
  const made = await deps.homeserver.createRoom(await newRoom(opening, space, deps));
  if (!made.ok) return made;
  const usable = await checkUnencrypted(portal, made.value, deps);
  return usable.ok ? made : usable;
}

/** A room that was lost once, or that the portal moved out of, is never taken again. */
async function findRoom(portal: Portal, deps: BridgeDeps): Promise<Result<RoomId | undefined, HomeserverFailure>> {
  const as = deps.homeserver.gatehouse;
  const known = await deps.journal.views.read((reading) => otherRoomsOf(reading, portal.portal));
  const others = known.filter(({ state }) => state !== 'made');
  const except = [...others.map(({ room }) => room), ...(portal.goneRoom === undefined ? [] : [portal.goneRoom])];
  const value = await markOf(portal.portal, deps);
  return deps.homeserver.findRoomMade({ as, key: PORTAL_MARK, value, except });
}

/** A restore gives positions again, and portals are named after theirs: another customer's room is never taken for it. */
async function markOf(portal: PortalId, { journal }: BridgeDeps): Promise<string> {
  const epoch = await journal.views.read((reading) => epochAt(positionOfPortal(portal), reading));
  return epoch === 1 ? portal : `${portal}/${epoch}`;
}

async function checkUnencrypted(portal: PortalId, room: RoomId, deps: BridgeDeps): Promise<Result<void, RoomFailure>> {
  const { homeserver, clock, journal, warnings, log } = deps;
  const state = await homeserver.state({ as: homeserver.gatehouse, room, type: 'm.room.encryption', stateKey: '' });
  if (!state.ok) return state;
  if (state.value === undefined) {
    warnings.clear(ENCRYPTED_WARNING);
    return ok(undefined);
  }
  warnings.set(ENCRYPTED_WARNING, ENCRYPTED_WORDS);
  log.error('portal.encrypted', { portal });
  await journal.append([portalClosedDraft(clock.now(), { portal, room, why: 'encrypted' })]);
  return err({ kind: 'encrypted' });
}

async function newRoom(opening: Opening, space: RoomId, deps: BridgeDeps): Promise<NewRoom> {
  const { portal } = opening;
  const { homeserver } = deps;
  const title = await portalTitle(opening, deps);
  return {
    as: homeserver.gatehouse,
    name: title,
    invite: [],
    creationContent: { 'm.federate': false, [PORTAL_MARK]: await markOf(portal.portal, deps) },
    initialState: [
      { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'invite' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'shared' } },
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
      ...portalState(portal, { title, space, bot: homeserver.gatehouse, domain: homeserver.domain }),
    ],
    // The creator stands above these in every room version; nobody else may encrypt, rename or open the room.
    powerLevels: {
      users_default: 0,
      events_default: 0,
      state_default: 100,
      invite: 50,
      kick: 100,
      ban: 100,
      redact: 50,
      events: { 'm.room.encryption': 100, 'm.room.tombstone': 100, 'm.room.power_levels': 100 },
    },
  };
}

/** The line stands behind the name where the contact has chats on several. */
export async function portalTitle(
  of: { readonly portal: Portal; readonly line: Line },
  deps: Pick<BridgeDeps, 'journal' | 'colleagues'>,
): Promise<string> {
  const { portal, line } = of;
  const { name, several } = await deps.journal.views.read(async (reading) => ({
    name: await nameOf(reading, deps.journal.views.sealer, portal.contact),
    several: (await portalsOf(reading, portal.contact)).length > 1,
  }));
  const colleagues = (await deps.colleagues?.names()) ?? [];
  const title = contactTitle({ name, address: portal.address, network: portal.network, colleagues });
  return several ? `${title} · ${line.name}` : title;
}

/** Where a task need not look for a room: its own entry made the portal, and it has not run before. */
export function mustLook(
  portal: Portal,
  turn: { readonly position: Position; readonly attempts: number; readonly mayRepeat: boolean },
): boolean {
  return turn.mayRepeat || turn.attempts > 0 || portal.created !== turn.position;
}
