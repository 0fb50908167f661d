/** Task `remote.react`: what a customer has on a message now. Reactions that the room shows and that are gone are taken away. */
import { ok, type Result } from '../../core/result.ts';
import type { EventId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { awaited, changerOf, changeShown, findChange, SHOWN, type RemoteChange } from './remote-change.ts';

const DONE: Turn = { to: 'done' };
const MOST_KEYS = 20;
const LONGEST_KEY = 32;

export function createRemoteReactHandler(deps: BridgeDeps): TaskHandler {
  return async (_task, entry, context) => {
    const change = await findChange(entry, 'network.reaction', deps);
    if (change === undefined) return DONE;
    const early = awaited(change, { clock: deps.clock, signal: context.signal });
    if (early !== undefined) return early;
    const [message] = change.messages;
    if (message?.room !== change.room || message.event === undefined) return DONE;
    // @gatehouse has its marks there: what our own account puts on a message elsewhere is on record only.
    if (change.entry.body.own === true) return DONE;
    const changer = await changerOf(change, deps);
    if (!changer.ok) return turnOf(changer.error);
    // Nobody else can have a reaction in its place.
    if (changer.value.instead) return DONE;
    const shown = await show(change, { event: message.event, as: changer.value.as }, deps);
    if (!shown.ok) return turnOf(shown.error);
    return { to: 'done', entries: [...changer.value.entries, changeShown(change, SHOWN, deps)] };
  };
}

/** Looked up in the room itself, so that doing it again does no harm. */
async function show(
  { entry, room }: RemoteChange<'network.reaction'>,
  { event, as }: { readonly event: EventId; readonly as: UserId },
  { homeserver }: BridgeDeps,
): Promise<Result<void, HomeserverFailure>> {
  const wanted = keysOf(entry.body.keys);
  const standing = await homeserver.ownReactions({ as, room, event });
  if (!standing.ok) return standing;
  const { position: source } = entry;
  for (const old of standing.value.filter(({ key }) => !wanted.includes(key))) {
    const gone = await homeserver.redact({ as, room, event: old.event, source, part: `unreact-${old.event}` });
    if (!gone.ok) return gone;
  }
  for (const key of wanted.filter((one) => !standing.value.some((old) => old.key === one))) {
    const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key } };
    const sent = await homeserver.send({ as, room, type: 'm.reaction', content, source, part: `react-${key}` });
    if (!sent.ok && !isThere(sent.error)) return sent;
  }
  return ok(undefined);
}

function isThere(failure: HomeserverFailure): boolean {
  return failure.kind === 'refused' && failure.errcode === 'M_DUPLICATE_ANNOTATION';
}

function keysOf(keys: readonly string[]): readonly string[] {
  const short = keys.map((key) => Array.from(key.trim()).slice(0, LONGEST_KEY).join(''));
  return [...new Set(short.filter((key) => key !== ''))].slice(0, MOST_KEYS);
}
