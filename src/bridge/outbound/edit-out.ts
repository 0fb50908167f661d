/**
 * Task `edit`: a staff member edited a message that went out. Where the network can edit, the customer sees the new words
 * once the gate let them pass; where it can't nothing is sent, and the room says so once for each message.
 */
import { leftOf } from '../../core/clock.ts';
import { networkName } from '../../core/address.ts';
import type { Draft } from '../../core/entry.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Task, TaskHandler, Turn, TurnContext } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { wentOut } from '../messages/message-moves.ts';
import type { Message } from '../messages/message-store.ts';
import { remoteIdsOf } from '../messages/remote-ids.ts';
import { cleanName } from '../portals/shown-name.ts';
import { changeAtNetwork } from './change-out.ts';
import { capabilitiesIn, chatOf, refOf, type Chat } from './chat-of.ts';
import { findLateChange, sayOf, type LateChange } from './late-change.ts';
import { askAgain, inLine, shutGate } from './network-turns.ts';
import { wordsOf, type Words } from './words.ts';

const DONE: Turn = { to: 'done' };

interface Editing {
  readonly changed: LateChange;
  readonly chat: Chat;
  readonly task: Task;
  readonly context: TurnContext;
}

export function createEditHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    const changed = await findLateChange(entry, deps);
    if (changed === undefined || !wentOut(changed.message.state)) return DONE;
    if ((changed.message.attemptedVersion ?? 0) >= entry.position) return DONE;
    const chat = chatOf(changed.portal, deps);
    if (chat !== undefined && canEdit(changed.message, chat, deps)) return edit({ changed, chat, task, context }, deps);
    return sayStillFirst(changed, context, deps);
  };
}

function canEdit({ at }: Message, chat: Chat, { clock }: BridgeDeps): boolean {
  const { edit: grade, edit_max_age: within } = capabilitiesIn(chat);
  return grade > 0 && chat.connector.edit !== undefined && (within === undefined || leftOf(within, at, clock) > 0);
}

async function sayStillFirst(changed: LateChange, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const who = cleanName(changed.portal.name) ?? 'The customer';
  const why = `${networkName(changed.portal.network)} can't edit`;
  const text = `${who} still sees the first text: ${why}. !correct (reply) sends the new one.`;
  const look = context.mayRepeat || changed.message.lateEdits > 1;
  return sayOf(changed, { text, part: 'still-first', look }, deps);
}

async function edit(editing: Editing, deps: BridgeDeps): Promise<Turn> {
  const { changed, chat, context } = editing;
  const words = wordsOf(changed.entry.body.content, capabilitiesIn(chat));
  if (!words.ok) return notChanged(changed, `${words.error} can't be changed there`, context, deps);
  return shutGate(chat, context) ?? inLine(chat) ?? judged(editing, words.value, deps);
}

/** New words pass the gate like new messages; what may not go now or ever is not changed there. */
async function judged(editing: Editing, words: Words, deps: BridgeDeps): Promise<Turn> {
  const { changed, context } = editing;
  const passage = await deps.gatekeeper?.mayPass(changed.message.position, changed.entry.position, words.judged);
  if (passage === undefined) return send(editing, words, [], deps);
  if (passage.may === 'pass') return send(editing, words, passage.entries, deps);
  if (passage.may === 'ask-again') return askAgain(passage.afterMs, deps.clock);
  const turn = await notChanged(changed, 'a company rule stopped the new text', context, deps);
  return turn.to === 'done' ? { to: 'done', entries: passage.entries } : turn;
}

async function send(editing: Editing, words: Words, verdicts: readonly Draft[], deps: BridgeDeps): Promise<Turn> {
  const { changed, chat, task, context } = editing;
  const { entry, message } = changed;
  const known = await remoteIdsOf(message, chat.line.address, deps.journal);
  if (known === undefined) return notChanged(changed, 'the network gave the message no name', context, deps);
  const { text, marks } = words;
  const wish = { position: entry.position, ...refOf(chat), ...known, text, caption: isFile(entry.body.content) };
  const { turn, result } = await changeAtNetwork(
    {
      ...{ task, entry, chat, text: words.judged, with: verdicts },
      act: (connector) => connector.edit?.({ ...wish, ...(marks === undefined ? {} : { marks }) }) ?? NOT_THERE,
    },
    deps,
  );
  if (result.state !== 'failed' || turn.to !== 'done') return turn;
  const told = await notChanged(changed, result.detail ?? result.reason, context, deps);
  return told.to === 'done' ? turn : told;
}

/** A capability that has no method behind it is a broken connector: nothing was sent. */
const NOT_THERE: Promise<SendResult> = Promise.resolve({ state: 'failed', reason: 'unsupported' });

function isFile(content: Readonly<Record<string, unknown>>): boolean {
  return content['msgtype'] !== 'm.text' && content['msgtype'] !== 'm.emote';
}

function notChanged(changed: LateChange, why: string, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const who = cleanName(changed.portal.name) ?? 'The customer';
  const text = `${who} still sees the text of before: ${why}.`;
  const part = `not-changed-${changed.entry.position}`;
  return sayOf(changed, { text, part, look: context.mayRepeat }, deps);
}
