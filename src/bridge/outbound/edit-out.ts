/**
 * Task `edit`: a staff member edited a message that went out. Where the network can edit, the customer sees the new words
 * once the gate let them pass; where it can't nothing is sent, and the room says so once for each message. Either way the
 * gate is asked about the new words, here and nowhere else.
 */
import { leftOf } from '../../core/clock.ts';
import { networkName } from '../../core/address.ts';
import { isBlank } from '../../core/invisible.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Passage } from '../../core/ports/gatekeeper.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Task, TaskHandler, Turn, TurnContext } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { sentFile, type SentFile } from '../files/sent-file.ts';
import { wentOut } from '../messages/message-moves.ts';
import type { Message } from '../messages/message-store.ts';
import { remoteIdsOf, type RemoteIds } from '../messages/remote-ids.ts';
import { cleanName } from '../portals/shown-name.ts';
import { callingPresent } from './called.ts';
import { changeAtNetwork, undone, type Undone } from './change-out.ts';
import { capabilitiesIn, chatOf, NO_LINE, refOf, type Chat } from './chat-of.ts';
import { findLateChange, sayOf, type LateChange } from './late-change.ts';
import { askAgain, inLine, shutGate } from './network-turns.ts';
import { captionWords, wordsOf, type Words } from './words.ts';

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
    if (chat === undefined) return staysThere(changed, () => notChanged(changed, NO_LINE, context, deps), deps);
    if (!canEdit(changed.message, chat, deps)) {
      return staysThere(changed, () => sayStillFirst(changed, context, deps), deps);
    }
    return edit({ changed, chat, task, context }, deps);
  };
}

function canEdit({ at }: Message, chat: Chat, { clock }: BridgeDeps): boolean {
  const { edit: grade, edit_max_age: within } = capabilitiesIn(chat);
  return grade > 0 && chat.connector.edit !== undefined && (within === undefined || leftOf(within, at, clock) > 0);
}

async function sayStillFirst(changed: LateChange, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const why = `${networkName(changed.portal.network)} can't edit`;
  const text = `${whoOf(changed)} still sees the first text: ${why}. !correct (reply) sends the new one.`;
  const look = context.mayRepeat || changed.message.lateEdits > 1;
  return sayOf(changed, { text, part: 'still-first', look }, deps);
}

/** The customer keeps the text of before: the room is told, and the new one judged as it stands there. */
async function staysThere(changed: LateChange, say: () => Promise<Turn>, deps: BridgeDeps): Promise<Turn> {
  const { message, entry } = changed;
  const passage = await deps.gatekeeper?.mayChange({ of: message.position, edit: entry.position });
  if (passage?.may === 'ask-again') return askAgain(passage.afterMs, deps.clock);
  const told = await say();
  return told.to === 'done' ? { to: 'done', entries: passage?.entries ?? [] } : told;
}

async function edit(editing: Editing, deps: BridgeDeps): Promise<Turn> {
  const { changed, chat, context } = editing;
  const known = await remoteIdsOf(changed.message, chat.line.address, deps.journal);
  const words = await newWords(changed, capabilitiesIn(chat), deps);
  const why = (await deps.staff.isStaff(chat.line.id, changed.by)) ? lacking(words, known) : "you're not on this line";
  if (!words.ok || known === undefined || why !== undefined) {
    return staysThere(changed, () => notChanged(changed, why ?? '', context, deps), deps);
  }
  return shutGate(chat, context) ?? inLine(chat) ?? judged({ ...editing, known, words: words.value }, deps);
}

/** Of a file only the words beside it can be changed. The error says, for people, what can't be. */
async function newWords(
  { entry, message }: LateChange,
  able: Pick<Capabilities, 'formatting'>,
  { journal }: Pick<BridgeDeps, 'journal'>,
): Promise<Result<Words, string>> {
  const file = sentFile(entry.body);
  const out = await journal.read(message.attemptedVersion ?? message.position);
  const before = out === undefined ? undefined : fileOf(out);
  if (!isSame(file, before)) return err("a file can't be changed there");
  const { content } = entry.body;
  if (file !== undefined && file.caption === undefined) return ok({ text: '', judged: '' });
  const words = file === undefined ? wordsOf(content, able) : captionWords(content, able);
  return words.ok ? words : err(`${words.error} can't be changed there`);
}

function isSame(file: SentFile | undefined, before: SentFile | undefined): boolean {
  return file?.at === before?.at && file?.kind === before?.kind;
}

function fileOf(entry: Entry | ErasedEntry): SentFile | undefined {
  return 'erased' in entry || entry.kind !== 'matrix.event' ? undefined : sentFile(entry.body);
}

function lacking(words: Result<Words, string>, known: RemoteIds | undefined): string | undefined {
  if (!words.ok) return words.error;
  if (isBlank(words.value.judged)) return 'there is no text in the new one';
  return known === undefined ? 'the network gave the message no name' : undefined;
}

interface Ready extends Editing {
  readonly words: Words;
  readonly known: RemoteIds;
}

/** New words pass the gate or never do: nobody is asked about them. */
async function judged(ready: Ready, deps: BridgeDeps): Promise<Turn> {
  const { changed, context, words } = ready;
  const of = { of: changed.message.position, edit: changed.entry.position, text: words.judged };
  const passage = await deps.gatekeeper?.mayChange(of);
  if (passage?.may === 'ask-again') return askAgain(passage.afterMs, deps.clock);
  if (passage?.may !== 'never') return send(ready, passage, deps);
  const turn = await notChanged(changed, `a company rule stopped the new text (${passage.words})`, context, deps);
  return turn.to === 'done' ? { to: 'done', entries: passage.entries } : turn;
}

type Passes = Extract<Passage, { readonly may: 'pass' }> | undefined;

async function send(ready: Ready, passage: Passes, deps: BridgeDeps): Promise<Turn> {
  const { changed, chat, task, context, known, words } = ready;
  const { entry, message, portal } = changed;
  const { text, marks } = await callingPresent(words, { room: message.room, network: portal.network }, deps);
  const wish = {
    position: entry.position,
    ...refOf(chat),
    ...known,
    text,
    caption: sentFile(entry.body) !== undefined,
  };
  const letGo = passage === undefined ? {} : { judged: passage.judged, with: passage.entries };
  const done = await changeAtNetwork(
    {
      ...{ task, entry, chat, text: words.judged, ...letGo },
      act: (connector) => connector.edit?.({ ...wish, ...(marks === undefined ? {} : { marks }) }) ?? NOT_THERE,
    },
    deps,
  );
  const told = await sayUndone(changed, undone(done), context, deps);
  return told.to === 'done' ? done.turn : told;
}

/** A capability that has no method behind it is a broken connector: nothing was sent. */
const NOT_THERE: Promise<SendResult> = Promise.resolve({ state: 'failed', reason: 'unsupported' });

function whoOf({ portal }: LateChange): string {
  return cleanName(portal.name) ?? 'The customer';
}

async function sayUndone(
  changed: LateChange,
  undoneAs: Undone | undefined,
  context: TurnContext,
  deps: BridgeDeps,
): Promise<Turn> {
  if (undoneAs === undefined) return DONE;
  if (undoneAs.is === 'refused') return notChanged(changed, undoneAs.why, context, deps);
  const who = whoOf(changed);
  const text = `Maybe changed: no answer came (${undoneAs.why}). Ask ${who} which text is there, or edit it again.`;
  return sayOf(changed, { text, part: `maybe-changed-${changed.entry.position}`, look: context.mayRepeat }, deps);
}

function notChanged(changed: LateChange, why: string, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const text = `${whoOf(changed)} still sees the text of before: ${why}.`;
  const part = `not-changed-${changed.entry.position}`;
  return sayOf(changed, { text, part, look: context.mayRepeat }, deps);
}
