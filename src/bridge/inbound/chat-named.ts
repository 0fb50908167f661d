/**
 * Task `chat.named`: the network said after the first message what a person or a group is called. The ghost that has spoken
 * is called so from then on, and the room too, as long as nobody of ours has given it a name of its own.
 */
import type { Draft } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { ghostNamed } from '../contacts/ghost-store.ts';
import { isAccountRefused, isGone, turnOf } from '../homeserver-turn.ts';
import { ensureGhost, ghostOf } from '../portals/ghost.ts';
import { portalTitle } from '../portals/portal-room.ts';
import { bridgeState, titleIn } from '../portals/portal-state.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';

const DONE: Turn = { to: 'done' };

export function createChatNamedHandler(deps: BridgeDeps): TaskHandler {
  return async (_task, entry) => {
    if ('erased' in entry || entry.kind !== 'network.chat' || entry.portal === undefined) return DONE;
    const { portal: id, position } = entry;
    const { views } = deps.journal;
    const portal = await views.read((reading) => portalById(reading, views.sealer, id));
    if (portal?.room === undefined) return DONE;
    const ghost = await nameGhost(portal, position, deps);
    if (!ghost.ok) return turnOf(ghost.error);
    const named = await nameRoom(portal, portal.room, deps);
    return named.ok || isLeftAsItIs(named.error) ? { to: 'done', entries: ghost.value } : turnOf(named.error);
  };
}

/** A room that is gone, or in which @gatehouse may not do this. */
function isLeftAsItIs(failure: HomeserverFailure): boolean {
  return isGone(failure) || failure.kind === 'refused';
}

/** One that has not spoken is named when it does; of a group there is none. */
async function nameGhost(
  portal: Portal,
  because: Position,
  deps: BridgeDeps,
): Promise<Result<readonly Draft[], HomeserverFailure>> {
  const { journal, homeserver } = deps;
  const user = ghostOf(portal, homeserver.domain);
  const before = await journal.views.read((reading) => ghostNamed(reading, journal.views.sealer, user));
  if (before === undefined) return ok([]);
  const ghost = await ensureGhost({ speaker: portal, because }, deps);
  return !ghost.ok && isAccountRefused(ghost.error) ? ok([]) : ghost;
}

/** What it says of its bridge carries the title that we gave it last: where its name is another, staff chose that. */
async function nameRoom(portal: Portal, room: RoomId, deps: BridgeDeps): Promise<Result<unknown, HomeserverFailure>> {
  const { homeserver, lines } = deps;
  const line = lines.find((one) => one.id === portal.line);
  if (line === undefined) return ok(undefined);
  const as = homeserver.gatehouse;
  const title = await portalTitle({ portal, line }, deps);
  const states = bridgeState(portal, title, as);
  const ours = await isOurName({ portal, room, title }, deps);
  if (!ours.ok || !ours.value) return ours;
  for (const { type, state_key: stateKey, content } of [
    { type: 'm.room.name', state_key: '', content: { name: title } },
    ...states,
  ]) {
    const set = await homeserver.setState({ as, room, type, stateKey, content });
    if (!set.ok) return set;
  }
  return ok(undefined);
}

/** By the state that is set last: after a kill amid it, it is done again. */
async function isOurName(
  { portal, room, title }: { readonly portal: Portal; readonly room: RoomId; readonly title: string },
  { homeserver }: BridgeDeps,
): Promise<Result<boolean, HomeserverFailure>> {
  const as = homeserver.gatehouse;
  const last = bridgeState(portal, title, as).at(-1);
  const at = { type: last?.type ?? '', stateKey: last?.state_key ?? '' };
  const about = await homeserver.state({ as, room, ...at });
  if (!about.ok) return about;
  const given = titleIn(about.value);
  if (given === title) return ok(false);
  const name = await homeserver.state({ as, room, type: 'm.room.name', stateKey: '' });
  return name.ok ? ok([given, title].includes(textOr(name.value?.['name']))) : name;
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
