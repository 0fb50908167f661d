/**
 * Task `moved`: a portal's room was replaced, and the portal goes where it went. Lanes go on in order: what comes in
 * waits in this very lane, and what staff wrote in the new room waits in theirs until the move is on record.
 */
import type { Draft, Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Task, TaskHandler, Turn, TurnContext } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { portalClosedDraft, portalMovedDraft } from '../drafts.ts';
import { ghostOf } from '../portals/ghost.ts';
import { isGone, turnOf } from '../homeserver-turn.ts';
import { portalTitle } from '../portals/portal-room.ts';
import { placeOfRoom, portalById, type Portal } from '../portals/portal-store.ts';
import { membershipOf } from '../portals/room-member-store.ts';
import { roomFacts, roomOfUse } from '../portals/room-store.ts';
import { contactTitle } from '../portals/shown-name.ts';
import { tellDesks } from '../tell-desks.ts';
import { enterReplacement, type NotEntered, type WhyNot } from './enter-replacement.ts';
import { hasPower } from './own-power.ts';
import { portalState } from '../portals/portal-state.ts';
import { otherRoom, replacementIn } from '../portals/room-lineage-store.ts';
import { replacementOf } from './usable.ts';

const DONE: Turn = { to: 'done' };
/** A client invites into the new room after it closed the old one: about half a minute of tries. */
const PATIENCE_TRIES = 6;
const AGAIN_MS = 3_000;

interface Step {
  readonly portal: Portal;
  readonly from: RoomId;
  readonly to: RoomId;
  /** The entry that leads there. */
  readonly source: Position;
  readonly look: boolean;
}
interface Move extends Step {
  readonly task: Task;
}

export function createMoveHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    const move = await find(deps, { task, entry, context });
    if (move === undefined) return DONE;
    const entered = await enterReplacement({ ...move, as: deps.homeserver.gatehouse }, deps.homeserver);
    if (!entered.ok)
      return entered.error.kind === 'not-entered' ? notFollowed(deps, move, entered.error) : turnOf(entered.error);
    const settled = await settleIn(deps, move);
    if (!settled.ok)
      return settled.error.kind === 'not-entered' ? notFollowed(deps, move, settled.error) : turnOf(settled.error);
    deps.log.info('portal.moved', { portal: move.portal.portal });
    return { to: 'done', entries: [settled.value] };
  };
}

interface Playing {
  readonly task: Task;
  readonly entry: Entry | ErasedEntry;
  readonly context: TurnContext;
}

/** Undefined where the portal went on otherwise meanwhile: it was moved, or its room was lost. */
function find(deps: BridgeDeps, { task, entry, context }: Playing): Promise<Move | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event' || entry.portal === undefined)
    return Promise.resolve(undefined);
  const to = replacementIn(entry.body) ?? entry.body.room_id;
  const { portal: id } = entry;
  const { views } = deps.journal;
  const look = context.mayRepeat || task.attempts > 0;
  return views.read(async (reading) => {
    const portal = await portalById(reading, views.sealer, id);
    const next = await otherRoom(reading, to);
    const open = next?.state === 'next' && next.portal === id;
    if (portal?.room === undefined || !open) return undefined;
    return { portal, from: portal.room, to, source: entry.position, task, look };
  });
}

/**
 * The portal's room was found closed in favour of another one before its tombstone came: the portal goes there at once.
 * Resolves with where, and what puts it on record; undefined where it names none, or one that can't be the portal's.
 */
export async function followClosed(
  deps: BridgeDeps,
  given: Omit<Step, 'to'>,
): Promise<Result<{ readonly room: RoomId; readonly moved: Draft } | undefined, HomeserverFailure>> {
  const to = await replacementOf(given.from, deps.homeserver);
  if (!to.ok) return to;
  const room = to.value;
  if (room === undefined || !(await mayTake(room, given.portal, deps))) return ok(undefined);
  const step = { ...given, to: room };
  const entered = await enterReplacement({ ...step, as: deps.homeserver.gatehouse }, deps.homeserver);
  const settled = entered.ok ? await settleIn(deps, step) : entered;
  if (settled.ok) return ok({ room, moved: settled.value });
  return settled.error.kind === 'not-entered' ? ok(undefined) : err(settled.error);
}

/** Anybody can name any room. */
function mayTake(room: RoomId, { portal }: Portal, { journal }: BridgeDeps): Promise<boolean> {
  return journal.views.read(async (reading) => {
    const other = await otherRoom(reading, room);
    if (other !== undefined) return other.state === 'next' && other.portal === portal;
    return (await placeOfRoom(reading, room)) === undefined;
  });
}

/** Everything that makes the new room a portal, before it is one; each step does no harm when it is done again. */
async function settleIn(deps: BridgeDeps, move: Step): Promise<Result<Draft, HomeserverFailure | NotEntered>> {
  const { homeserver, clock } = deps;
  const { portal, from, to } = move;
  const power = await takePower(deps, to);
  if (!power.ok) return power;
  const ghost = ghostOf(portal, homeserver.domain);
  const joined = await homeserver.ensureJoined({ as: ghost, room: to, inviter: homeserver.gatehouse });
  if (!joined.ok) return isGone(joined.error) ? err({ kind: 'not-entered', why: 'shut' }) : joined;
  const furnished = power.value ? await furnish(deps, move) : await tellPowerless(deps, move);
  if (!furnished.ok) return furnished;
  return ok(portalMovedDraft(clock.now(), { portal: portal.portal, from, to }));
}

/** Where an upgrade left @gatehouse without power, the admin's token gives it back. */
async function takePower(deps: BridgeDeps, room: RoomId): Promise<Result<boolean, HomeserverFailure>> {
  const { homeserver } = deps;
  const at = { user: homeserver.gatehouse, room };
  const before = await hasPower(at, homeserver);
  if (!before.ok || before.value) return before;
  const helped = await homeserver.takeCharge?.(at);
  if (helped === undefined) return ok(false);
  if (helped.ok) return ok(true);
  return isGone(helped.error) || helped.error.kind === 'refused' ? ok(false) : helped;
}

async function furnish(deps: BridgeDeps, move: Step): Promise<Result<unknown, HomeserverFailure>> {
  const { homeserver, lines, journal } = deps;
  const { portal, from, to } = move;
  const as = homeserver.gatehouse;
  const space = await journal.views.read((reading) => roomOfUse(reading, { kind: 'space', line: portal.line }));
  const line = lines.find((one) => one.id === portal.line);
  if (space === undefined || line === undefined) return bringStaff(deps, move);
  const title = await portalTitle({ portal, line }, deps);
  const about = { title, space, bot: as, domain: homeserver.domain };
  for (const { type, state_key: stateKey, content } of portalState(portal, about)) {
    const set = await homeserver.setState({ as, room: to, type, stateKey, content });
    if (!set.ok && !isGone(set.error)) return set;
  }
  const children = [
    { stateKey: to, content: { via: [homeserver.domain] } },
    { stateKey: from, content: {} },
  ];
  for (const child of children) {
    const set = await homeserver.setState({ as, room: space, type: 'm.space.child', ...child });
    if (!set.ok && !isGone(set.error)) return set;
  }
  return bringStaff(deps, move);
}

/** Who was in the old room belongs in the new one; whom the upgrade itself brought is left alone. */
async function bringStaff(deps: BridgeDeps, { from, to }: Step): Promise<Result<unknown, HomeserverFailure>> {
  const { homeserver, journal } = deps;
  const { views } = journal;
  const missing = await views.read(async (reading) => {
    const before = await roomFacts(reading, views.sealer, from);
    const people = (before?.members ?? []).filter(
      ({ user, membership }) => membership === 'join' && !homeserver.isOurs(user),
    );
    const unknown = [];
    for (const { user } of people) {
      if ((await membershipOf(reading, views.sealer, { room: to, user })) === undefined) unknown.push(user);
    }
    return unknown;
  });
  for (const user of missing) {
    const invited = await homeserver.invite({ as: homeserver.gatehouse, room: to, user });
    if (!invited.ok && !isGone(invited.error) && invited.error.kind !== 'refused') return invited;
  }
  return ok(undefined);
}

function tellPowerless(deps: BridgeDeps, move: Step): Promise<Result<unknown, HomeserverFailure>> {
  const text = `The chat with ${contactTitle(move.portal)} moved to a new room, in which @gatehouse has no power: it can't invite colleagues there. Somebody with power there makes @gatehouse an admin of that room.`;
  return tellDesks({ text, source: move.source, part: 'powerless', look: move.look }, deps);
}

const WHY: Readonly<Record<WhyNot, string>> = {
  shut: "@gatehouse wasn't let into the new room. Invite @gatehouse there, and the chat moves.",
  other: 'the room that was named as its successor does not follow it.',
  encrypted: "the new room is encrypted, and Gatehouse can't read it.",
};

/** Not let in yet may still come: then only the desk is told. A room that can't be the successor is closed for good. */
async function notFollowed(deps: BridgeDeps, move: Move, { why }: NotEntered): Promise<Turn> {
  const { portal, to, task, source } = move;
  if (why === 'shut' && task.attempts < PATIENCE_TRIES)
    return { to: 'retry', reason: 'homeserver-refused', afterMs: AGAIN_MS };
  const text = `The room of the chat with ${contactTitle(portal)} was replaced, but the chat stays where it is: ${WHY[why]}`;
  const told = await tellDesks({ text, source, part: 'not-followed', look: move.look }, deps);
  if (!told.ok) return turnOf(told.error);
  if (why === 'shut') return DONE;
  return { to: 'done', entries: [portalClosedDraft(deps.clock.now(), { portal: portal.portal, room: to, why })] };
}
