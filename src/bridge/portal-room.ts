/** The room of a portal: looked for, made, checked and recorded, so that a crash at any line makes no second one. */
import { networkName } from '../core/address.ts';
import { positionOfPortal, type PortalId, type Position, type RoomId, type UserId } from '../core/ids.ts';
import type { Line } from '../core/line.ts';
import type { JsonObject } from '../core/json.ts';
import type { HomeserverFailure, NewRoom } from '../core/ports/homeserver.ts';
import { err, ok, type Result } from '../core/result.ts';
import { epochAt } from '../journal/log/epochs.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { nameOf } from './contact-store.ts';
import { portalClosedDraft, portalOpenedDraft } from './drafts.ts';
import { createLineSpaces } from './line-space.ts';
import { portalsOf, type Portal } from './portal-store.ts';
import { contactTitle } from './shown-name.ts';

const MARK = 'org.gatehouse.portal';
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
  readonly ghost: UserId;
  /** True when an earlier turn may have made the room without its being recorded. */
  readonly look: boolean;
}
export type PortalRooms = (opening: Opening) => Promise<Result<RoomId, RoomFailure>>;

export function createPortalRooms(deps: BridgeDeps): PortalRooms {
  const spaceOf = createLineSpaces(deps);
  return async (opening) => {
    if (opening.portal.room !== undefined) return ok(opening.portal.room);
    const space = await spaceOf(opening.line);
    if (!space.ok) return space;
    const made = await usableRoom(opening, space.value, deps);
    if (!made.ok) return made;
    const child = await deps.homeserver.setState({
      as: deps.homeserver.gatehouse,
      room: space.value,
      type: 'm.space.child',
      stateKey: made.value,
      content: { via: [deps.homeserver.domain] },
    });
    if (!child.ok) return child;
    const { portal, line, contact, network } = opening.portal;
    const body = { portal, room: made.value, line, contact, network };
    await deps.journal.append([portalOpenedDraft(deps.clock.now(), body)]);
    deps.log.info('portal.opened', { portal, line });
    return ok(made.value);
  };
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
  const made = await createRoom(opening, space, deps);
  if (!made.ok) return made;
  const usable = await checkUnencrypted(portal, made.value, deps);
  return usable.ok ? made : usable;
}

/** A room that was lost once is never taken again. */
async function findRoom(portal: Portal, deps: BridgeDeps): Promise<Result<RoomId | undefined, HomeserverFailure>> {
  const as = deps.homeserver.gatehouse;
  const found = await deps.homeserver.findRoomMade({ as, key: MARK, value: await markOf(portal.portal, deps) });
  return found.ok && found.value === portal.goneRoom ? ok(undefined) : found;
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

async function createRoom(
  opening: Opening,
  space: RoomId,
  deps: BridgeDeps,
): Promise<Result<RoomId, HomeserverFailure>> {
  const { portal, line, ghost } = opening;
  const { homeserver, staff } = deps;
  const title = await titleOf(opening, deps);
  const colleagues = (await staff.staffOf(line.id)).filter((user) => !homeserver.isOurs(user));
  const room: NewRoom = {
    as: homeserver.gatehouse,
    name: title,
    invite: [...colleagues, ghost],
    creationContent: { 'm.federate': false, [MARK]: await markOf(portal.portal, deps) },
    initialState: [
      { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'invite' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'shared' } },
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
      { type: 'm.space.parent', state_key: space, content: { via: [homeserver.domain], canonical: true } },
      ...['m.bridge', 'uk.half-shot.bridge'].map((type) => ({
        type,
        state_key: `org.gatehouse/${portal.network}/${portal.portal}`,
        content: bridgeInfo(portal, title, homeserver.gatehouse),
      })),
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
  return homeserver.createRoom(room);
}

/** The line stands behind the name where the contact has chats on several. */
async function titleOf(opening: Opening, deps: BridgeDeps): Promise<string> {
  const { portal, line } = opening;
  const { name, several } = await deps.journal.views.read(async (reading) => ({
    name: await nameOf(reading, deps.journal.views.sealer, portal.contact),
    several: (await portalsOf(reading, portal.contact)).length > 1,
  }));
  const title = contactTitle({ name, address: portal.address, network: portal.network });
  return several ? `${title} · ${line.name}` : title;
}

/** MSC2346. */
function bridgeInfo(portal: Portal, title: string, bot: UserId): JsonObject {
  return {
    bridgebot: bot,
    creator: bot,
    protocol: { id: portal.network, displayname: networkName(portal.network) },
    channel: { id: portal.address, displayname: title },
  };
}

/** Where a task need not look for a room: its own entry made the portal, and it has not run before. */
export function mustLook(
  portal: Portal,
  turn: { readonly position: Position; readonly attempts: number; readonly mayRepeat: boolean },
): boolean {
  return turn.mayRepeat || turn.attempts > 0 || portal.created !== turn.position;
}
