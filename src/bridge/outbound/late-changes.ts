/** Edits and deletions by staff. What still waits obeys (the projection sees to it); of what went out the room is told. */
import type { Entry, ErasedEntry, EntryOf } from '../../core/entry.ts';
import { networkName } from '../../core/address.ts';
import { parseUserId, type UserId } from '../../core/ids.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { abandonedDraft } from '../drafts.ts';
import { turnOf } from '../homeserver-turn.ts';
import { wentOut } from '../messages/message-moves.ts';
import { messageByEvent, type Message } from '../messages/message-store.ts';
import { outboundForm } from '../messages/outbound-form.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { cleanName } from '../portals/shown-name.ts';
import { tell } from '../tell.ts';

const DONE: Turn = { to: 'done' };
const TELL_AGAIN = 3;

interface Changed {
  readonly entry: EntryOf<'matrix.event'>;
  readonly by: UserId;
  readonly message: Message;
  readonly portal: Portal;
}

async function find(entry: Entry | ErasedEntry, deps: BridgeDeps): Promise<Changed | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event') return undefined;
  const form = outboundForm(entry.body);
  if (form.is !== 'edit' && form.is !== 'redaction') return undefined;
  const by = parseUserId(entry.body.sender);
  const { views } = deps.journal;
  return views.read(async (reading) => {
    const message = await messageByEvent(reading, entry.body.room_id, form.of);
    const portal = message === undefined ? undefined : await portalById(reading, views.sealer, message.portal);
    return message === undefined || portal === undefined || !by.ok
      ? undefined
      : { entry, by: by.value, message, portal };
  });
}

/** Task `edit`: told once for each message, however often it is edited. */
export function createEditHandler(deps: BridgeDeps): TaskHandler {
  return async (_task, entry, context) => {
    const changed = await find(entry, deps);
    if (changed === undefined || !wentOut(changed.message.state)) return DONE;
    if ((changed.message.attemptedVersion ?? 0) >= entry.position) return DONE;
    const { name, network } = changed.portal;
    const who = cleanName(name) ?? 'The customer';
    const text = `${who} still sees the first text: ${networkName(network)} can't edit. Send a new message with what changed.`;
    return say(changed, { text, part: 'still-first', look: context.mayRepeat }, deps);
  };
}

/** Task `withdraw`: what was stopped goes on record as withdrawn. */
export function createWithdrawHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    const changed = await find(entry, deps);
    if (changed === undefined) return DONE;
    const { message, portal, by } = changed;
    if (!wentOut(message.state)) {
      const told = message.state === 'withdrawn' ? await sayWithdrawn(changed, context.mayRepeat, deps) : DONE;
      const body = { of: message.position, reason: 'withdrawn' as const, by };
      // What is written next doesn't wait for these words: where they can't be said soon, nobody says them.
      if (told.to === 'retry' && task.attempts < TELL_AGAIN) return told;
      return { to: 'done', entries: [abandonedDraft(deps.clock.now(), body, entry.position)] };
    }
    const who = cleanName(portal.name) ?? 'The customer';
    const text = `Deleted here only: it went out already and can't be taken back on ${networkName(portal.network)}. ${who} still has it.`;
    return say(changed, { text, part: 'still-there', look: context.mayRepeat }, deps);
  };
}

/** Whoever deleted it wants to know whether that was in time; nobody else's phone has to sound. */
function sayWithdrawn(changed: Changed, look: boolean, deps: BridgeDeps): Promise<Turn> {
  const who = cleanName(changed.portal.name) ?? 'the customer';
  const text = `Withdrawn: it was deleted before it went out, and ${who} does not get it.`;
  return say(changed, { text, part: 'withdrawn', look, quiet: true }, deps);
}

async function say(
  changed: Changed,
  said: { readonly text: string; readonly part: string; readonly look: boolean; readonly quiet?: true },
  deps: BridgeDeps,
): Promise<Turn> {
  const { text, part, look } = said;
  const room = changed.portal.room;
  if (room === undefined) return DONE;
  const mention = said.quiet === true ? [] : [changed.by];
  const told = await tell({ text, part, look, room, mention, source: changed.message.position }, deps);
  return told.ok ? DONE : turnOf(told.error);
}
