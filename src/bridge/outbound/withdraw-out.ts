/**
 * Task `withdraw`: a staff member deleted a message. What was stopped before it went out goes on record as withdrawn; what
 * went out is taken back where the network can, and else the room says that it can't.
 */
import { leftOf } from '../../core/clock.ts';
import { networkName } from '../../core/address.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Task, TaskHandler, Turn, TurnContext } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { abandonedDraft } from '../drafts.ts';
import { wentOut } from '../messages/message-moves.ts';
import type { Message } from '../messages/message-store.ts';
import { remoteIdsOf } from '../messages/remote-ids.ts';
import { cleanName } from '../portals/shown-name.ts';
import { changeAtNetwork, undone } from './change-out.ts';
import { capabilitiesIn, chatOf, NO_LINE, refOf, type Chat } from './chat-of.ts';
import { findLateChange, sayOf, type LateChange } from './late-change.ts';
import { inLine, shutGate } from './network-turns.ts';

const DONE: Turn = { to: 'done' };
const TELL_AGAIN = 3;

export function createWithdrawHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    const changed = await findLateChange(entry, deps);
    if (changed === undefined) return DONE;
    if (!wentOut(changed.message.state)) return withdraw(changed, task, context, deps);
    const chat = chatOf(changed.portal, deps);
    if (chat === undefined) return sayStillThere(changed, NO_LINE, context, deps);
    if (canTakeBack(changed.message, chat, deps)) return takeBack({ changed, chat, task, context }, deps);
    return sayStillThere(changed, `can't be taken back on ${networkName(changed.portal.network)}`, context, deps);
  };
}

async function withdraw(changed: LateChange, task: Task, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const { message, by, entry } = changed;
  const told = message.state === 'withdrawn' ? await sayWithdrawn(changed, context.mayRepeat, deps) : DONE;
  const body = { of: message.position, reason: 'withdrawn' as const, by };
  // What is written next doesn't wait for these words: where they can't be said soon, nobody says them.
  if (told.to === 'retry' && task.attempts < TELL_AGAIN) return told;
  return { to: 'done', entries: [abandonedDraft(deps.clock.now(), body, entry.position)] };
}

function canTakeBack({ at }: Message, chat: Chat, { clock }: BridgeDeps): boolean {
  const { delete: grade, delete_max_age: within } = capabilitiesIn(chat);
  return grade > 0 && chat.connector.redact !== undefined && (within === undefined || leftOf(within, at, clock) > 0);
}

interface TakingBack {
  readonly changed: LateChange;
  readonly chat: Chat;
  readonly task: Task;
  readonly context: TurnContext;
}

async function takeBack({ changed, chat, task, context }: TakingBack, deps: BridgeDeps): Promise<Turn> {
  const { entry, message } = changed;
  if (!(await deps.staff.isStaff(chat.line.id, changed.by)))
    return sayStillThere(changed, "you're not on this line", context, deps);
  const held = shutGate(chat, context) ?? inLine(chat);
  if (held !== undefined) return held;
  const known = await remoteIdsOf(message, chat.line.address, deps.journal);
  if (known === undefined)
    return sayStillThere(changed, 'the network gave it no name to take it back by', context, deps);
  const wish = { position: entry.position, ...refOf(chat), ...known };
  const act = (connector: Chat['connector']): Promise<SendResult> => connector.redact?.(wish) ?? NOT_THERE;
  const done = await changeAtNetwork({ task, entry, chat, act }, deps);
  const undoneAs = undone(done);
  if (undoneAs === undefined) return done.turn;
  const { is, why } = undoneAs;
  const told =
    is === 'refused'
      ? await sayStillThere(changed, `was not taken back (${why})`, context, deps)
      : await sayMaybeThere(changed, why, context, deps);
  return told.to === 'done' ? done.turn : told;
}

/** A capability that has no method behind it is a broken connector: nothing was sent. */
const NOT_THERE: Promise<SendResult> = Promise.resolve({ state: 'failed', reason: 'unsupported' });

/** Whoever deleted it wants to know whether that was in time; nobody else's phone has to sound. */
function sayWithdrawn(changed: LateChange, look: boolean, deps: BridgeDeps): Promise<Turn> {
  const who = cleanName(changed.portal.name) ?? 'the customer';
  const text = `Withdrawn: it was deleted before it went out, and ${who} does not get it.`;
  return sayOf(changed, { text, part: 'withdrawn', look, quiet: true }, deps);
}

function sayMaybeThere(changed: LateChange, why: string, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const who = cleanName(changed.portal.name) ?? 'the customer';
  const text = `Maybe taken back: it is deleted here, and no answer came (${why}). Ask ${who} whether it is still there.`;
  return sayOf(changed, { text, part: 'maybe-there', look: context.mayRepeat }, deps);
}

function sayStillThere(changed: LateChange, why: string, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const who = cleanName(changed.portal.name) ?? 'The customer';
  const text = `Deleted here only: it went out already and ${why}. ${who} still has it.`;
  return sayOf(changed, { text, part: 'still-there', look: context.mayRepeat }, deps);
}
