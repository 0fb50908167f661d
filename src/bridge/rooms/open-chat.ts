/** Task `open`: a staff member asked for a chat. The room and the ghost are made, and the first words are shown in it. */
import { wait } from '../../core/clock.ts';
import type { Draft, Entry, EntryOf } from '../../core/entry.ts';
import type { EventId, RoomId, UserId } from '../../core/ids.ts';
import { SHOWN_HIDDEN } from '../../core/policy-words.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn, TurnContext } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { roomTurn } from '../inbound/deliver.ts';
import { matrixOutcomeDraft, roomGoneDraft } from '../drafts.ts';
import { ensureGhost, ensureInRoom, ghostOf } from '../portals/ghost.ts';
import { isAccountRefused, isGone, turnOf } from '../homeserver-turn.ts';
import { followClosed } from './move-portal.ts';
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
    const showing = await mayShow(entry, deps, context);
    if ('to' in showing) return showing;
    const made = await ensureGhost({ speaker: portal, because: entry.position }, deps);
    if (!made.ok && !isAccountRefused(made.error)) return turnOf(made.error);
    const turn = { position: task.position, attempts: task.attempts, mayRepeat: context.mayRepeat };
    const room = await rooms({ portal, line, look: mustLook(portal, turn), because: entry.position });
    if (!room.ok) return roomTurn(room.error);
    const opened = { ...showing, entry, portal, room: room.value, look: mayBeShown(turn) };
    return settle(opened, made.ok ? made.value : [], deps);
  };
}

/** By an earlier life, or by a turn whose answer never came. */
function mayBeShown({ mayRepeat, attempts }: { readonly mayRepeat: boolean; readonly attempts: number }): boolean {
  return mayRepeat || attempts > 0;
}

/** Asked each time: what a rule wants gone by now is not said again by whoever shows it late. */
async function mayShow(
  { position, body }: Entry & EntryOf<'portal.wanted'>,
  { gatekeeper, clock }: OpenDeps,
  { signal }: TurnContext,
): Promise<Turn | Pick<Opened, 'instead'>> {
  if (gatekeeper === undefined || body.text === undefined) return {};
  const showing = await gatekeeper.mayShow(position);
  if (showing.may === 'ask-again') return { to: 'aside', until: wait(clock, showing.afterMs, signal) };
  return showing.text === undefined ? {} : { instead: showing.text };
}

async function settle(opened: Opened, made: readonly Draft[], deps: OpenDeps): Promise<Turn> {
  const shown = await show(opened, deps);
  if (shown.ok) return { to: 'done', entries: [...made, ...shown.value] };
  return isGone(shown.error) ? orLost(shown.error, opened, deps) : turnOf(shown.error);
}

/** A room that was lost or replaced before anybody noticed: it goes on record, and the next turn goes to another one. */
async function orLost(
  failure: HomeserverFailure,
  { portal, room, entry, look }: Opened,
  deps: BridgeDeps,
): Promise<Turn> {
  const usable = await isUsable(room, deps.homeserver);
  if (!usable.ok || usable.value) return turnOf(usable.ok ? failure : usable.error);
  const followed = await followClosed(deps, { portal, from: room, source: entry.position, look });
  if (!followed.ok) return turnOf(followed.error);
  const gone = roomGoneDraft(deps.clock.now(), { room, portal: portal.portal, why: failure.kind });
  return { to: 'retry', reason: 'homeserver-refused', entries: [followed.value?.moved ?? gone] };
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
  /** What is shown in place of its text. */
  readonly instead?: string;
}

/** Colleagues see what was written in their name; marks stand on it like on any other message. */
async function show(opened: Opened, deps: OpenDeps): Promise<Result<readonly Draft[], HomeserverFailure>> {
  const { entry, portal, room } = opened;
  const ghost = ghostOf(portal, deps.homeserver.domain);
  const joined = await ensureInRoom({ ghost, room, again: false }, deps);
  if (!joined.ok && !isAccountRefused(joined.error)) return joined;
  const staff = await deps.people.present(portal.line);
  const colleagues = await inviteNewcomers({ portal: portal.portal, room, staff }, deps);
  if (!colleagues.ok) return colleagues;
  const invited = colleagues.value.includes(entry.body.by) ? ok(undefined) : await invite(entry.body.by, room, deps);
  if (!invited.ok || entry.body.text === undefined) return invited.ok ? ok([]) : invited;
  const said = await say({ ...opened, text: entry.body.text }, deps);
  if (!said.ok) return said;
  const { event: eventId, isHidden } = said.value;
  const code = isHidden ? { code: SHOWN_HIDDEN } : {};
  const body = { of: entry.position, target: 'matrix', state: 'sent', eventId, ...code } as const;
  return ok([matrixOutcomeDraft({ at: deps.clock.now(), room }, body)]);
}

const AS_WRITTEN = 'text';
const HIDDEN = 'text-hidden';

interface Said {
  readonly event: EventId;
  /** Its words are not in it. */
  readonly isHidden: boolean;
}

/** What an earlier life said stays said, whatever the rules are by now. */
async function say(
  { entry, room, look, instead, text }: Opened & { readonly text: string },
  deps: OpenDeps,
): Promise<Result<Said, HomeserverFailure>> {
  const at = { room, source: entry.position };
  const isHidden = instead !== undefined;
  if (look) {
    const part = isHidden ? AS_WRITTEN : HIDDEN;
    const other = await deps.homeserver.findEcho({ as: deps.homeserver.gatehouse, ...at, part });
    if (!other.ok) return other;
    if (other.value !== undefined) return ok({ event: other.value, isHidden: !isHidden });
  }
  const words = `${personName(entry.body.by)} wrote: ${instead ?? text}`;
  const said = await tell({ ...at, text: words, mention: [], part: isHidden ? HIDDEN : AS_WRITTEN, look }, deps);
  return said.ok ? ok({ event: said.value, isHidden }) : said;
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
