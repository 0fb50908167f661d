/** One space per line, made when its first portal is. */
import type { LineId, RoomId, UserId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { roomMadeDraft } from '../drafts.ts';
import { shownAddress } from '../contacts/contact-store.ts';
import { roomOfUse } from './room-store.ts';

const MARK = 'org.gatehouse.space';
type Found = Result<RoomId, HomeserverFailure>;

/** Portals of one line open in parallel lanes: the space is made once, and all of them wait for it. */
export function createLineSpaces(
  deps: Pick<BridgeDeps, 'journal' | 'homeserver' | 'staff' | 'clock'>,
): (line: Line) => Promise<Found> {
  const making = new Map<LineId, Promise<Found>>();
  return async (line) => {
    const known = await deps.journal.views.read((reading) => roomOfUse(reading, { kind: 'space', line: line.id }));
    if (known !== undefined) return ok(known);
    const under = making.get(line.id) ?? make(line, deps).finally(() => making.delete(line.id));
    making.set(line.id, under);
    return under;
  };
}

async function make(line: Line, deps: Pick<BridgeDeps, 'journal' | 'homeserver' | 'staff' | 'clock'>): Promise<Found> {
  const { homeserver, clock, journal } = deps;
  const as = homeserver.gatehouse;
  const before = await homeserver.findRoomMade({ as, key: MARK, value: line.id });
  if (!before.ok) return before;
  const made =
    before.value === undefined ? await create(line, await deps.staff.staffOf(line.id), deps) : ok(before.value);
  if (!made.ok) return made;
  await journal.append([roomMadeDraft(clock.now(), { room: made.value, use: { kind: 'space', line: line.id } })]);
  return made;
}

function create(line: Line, staff: readonly UserId[], deps: Pick<BridgeDeps, 'homeserver'>): Promise<Found> {
  return deps.homeserver.createRoom({
    as: deps.homeserver.gatehouse,
    name: `${line.name} ${shownAddress(line.address)}`,
    invite: staff.filter((user) => !deps.homeserver.isOurs(user)),
    creationContent: { type: 'm.space', 'm.federate': false, [MARK]: line.id },
    initialState: [
      { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'invite' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'shared' } },
    ],
    powerLevels: { events_default: 100, state_default: 100, invite: 100 },
  });
}
