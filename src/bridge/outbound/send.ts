/** Outbound: checks, records the attempt, sends, records the outcome. What may have gone out is never sent again by itself. */
import { leftOf } from '../../core/clock.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { FailureKind } from '../../core/failures.ts';
import { must, parseRemoteId, type Position } from '../../core/ids.ts';
import { isBlank } from '../../core/invisible.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { Passage } from '../../core/ports/gatekeeper.ts';
import type { Task, TaskHandler, TaskKind, Turn, TurnContext } from '../../tasks/task.ts';
import { ofLostRecord } from './before-restore.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { abandonedDraft, attemptDraft, deferredDraft } from '../drafts.ts';
import { askedBy, messageOfEntry } from '../messages/entry-message.ts';
import { isLate, needsSkew } from './lateness.ts';
import { withoutLine, type Written } from './line-gone.ts';
import { laterWentOut } from '../messages/late-message-store.ts';
import { messageAt, type Message } from '../messages/message-store.ts';
import { chatOf, type Chat } from './chat-of.ts';
import { askAgain, gatesOf, inLine, shutGate, slowedDown } from './network-turns.ts';
import { Sayings, type Saying } from './saying.ts';
import { portalById } from '../portals/portal-store.ts';
import { writtenIn } from '../rooms/written-in.ts';
import { ended, turnOfResult, type Sending } from './send-outcome.ts';
import { settledBy } from './settle.ts';
import { undoable } from './undo.ts';
import type { WaitingNotices } from '../marks/waiting-notice.ts';
import { writtenEarlier } from './written-earlier.ts';

const DONE: Turn = { to: 'done' };
/** Edits that arrive between the record of an attempt and the send make it begin again, but not for ever. */
const CLAIMS_MAX = 5;
/** A move takes seconds. A room into which the portal has not moved by then is not its room. */
const MOVING_MS = 2 * 60_000;
const MOVING_AGAIN_MS = 1_000;
/** Nobody stands at the gate. */
const UNJUDGED = { may: 'pass', judged: undefined, entries: [] } as const;

/** One message on its way, with all that doesn't change while it is. */
type Outgoing = Written & Chat;

/** Why it isn't sent, as the outcome's body says it. */
interface Refusal {
  readonly reason: FailureKind;
  readonly detail?: string;
}

export class Sender {
  readonly #deps: BridgeDeps;
  readonly #notices: WaitingNotices;
  readonly #sayings: Sayings;

  constructor(deps: BridgeDeps, notices: WaitingNotices) {
    this.#deps = deps;
    this.#notices = notices;
    this.#sayings = new Sayings(deps);
  }

  readonly run: TaskHandler = async (_task, entry, context) => {
    const found = await this.#find(entry, context.signal);
    if (found === undefined || !isOpen(found.message)) return DONE;
    const { message } = found;
    const cause = askedBy(entry, message.position);
    const chat = chatOf(found.portal, this.#deps);
    if (chat === undefined) return withoutLine(found, cause, this.#deps);
    const outgoing = { ...found, ...chat };
    if (message.state === 'attempting') return this.#settleBroken(outgoing);
    const sending = this.#sending(outgoing, message.attempts + 1);
    return (await ofLostRecord(message, sending, cause, this.#deps)) ?? this.#play(outgoing, entry.position, context);
  };

  async #play(found: Outgoing, cause: Position, context: TurnContext): Promise<Turn> {
    const of = found.message.position;
    const undo = undoable(found.message, found.line, { clock: this.#deps.clock, signal: context.signal });
    if (undo !== undefined) return undo;
    if (this.#isUndecided(found)) return { to: 'retry', reason: 'homeserver-down', afterMs: MOVING_AGAIN_MS };
    const held = this.#held(found);
    if (held !== undefined) return held;
    const refusal = await this.#refusal(found);
    if (refusal !== undefined) return this.#refuse(found, refusal);
    const saying = await this.#saying(found);
    if (saying.is !== 'ready') return this.#unsaid(found, saying);
    const first = await writtenEarlier(found.message, cause, this.#deps);
    if (first !== undefined) return this.#defer(found.message, first, cause);
    const turn = shutGate(found, context) ?? inLine(found) ?? (await this.#attempt(found));
    if (turn.to === 'gate') this.#notices.note({ gate: turn.gate, reason: turn.reason, portal: found.portal, of });
    return turn;
  }

  /** What was written before it may still be missing. */
  #held({ message, portal }: Outgoing): Turn | undefined {
    const room = message.room ?? portal.room;
    const until = room === undefined ? undefined : this.#deps.held?.(room);
    return until === undefined ? undefined : { to: 'aside', until };
  }

  /** Its turn is over; the entry gives it another one behind all that is on record by then. */
  #defer({ position: of }: Message, behind: Position, cause: Position): Turn {
    return { to: 'done', entries: [deferredDraft(this.#deps.clock.now(), { of, behind }, cause)] };
  }

  /** Given up after all back-off: on record as failed, from which the room is told. */
  readonly dead: NonNullable<TaskKind['dead']> = async (_task: Task, entry, reason) => {
    const of = await this.#deps.journal.views.read((reading) => messageOfEntry(entry, reading));
    return of === undefined ? [] : [abandonedDraft(this.#deps.clock.now(), { of, reason }, entry.position)];
  };

  async #find(entry: Entry | ErasedEntry, signal: AbortSignal): Promise<Written | undefined> {
    const { views } = this.#deps.journal;
    const known = await views.read(async (reading) => {
      const of = await messageOfEntry(entry, reading);
      const message = of === undefined ? undefined : await messageAt(reading, of);
      const portal = message === undefined ? undefined : await portalById(reading, views.sealer, message.portal);
      if (message === undefined || portal === undefined) return undefined;
      return { message, portal, room: await writtenIn(reading, message, portal) };
    });
    return known?.message.direction === 'outbound' ? { ...known, signal } : undefined;
  }

  /** Written in the room that a portal is just moving to: it goes out when the move is on record. */
  #isUndecided({ room, message }: Outgoing): boolean {
    return room === 'next' && leftOf(MOVING_MS, message.recordedAt, this.#deps.clock) > 0;
  }

  async #refusal({ message, line, room }: Outgoing): Promise<Refusal | undefined> {
    if (room === 'gone' || room === 'next') return { reason: 'room-gone' };
    if (await this.#isLate(message)) return { reason: 'late' };
    if (message.sender === undefined || !(await this.#deps.staff.isStaff(line.id, message.sender)))
      return { reason: 'not-staff' };
    return undefined;
  }

  async #isLate(message: Message): Promise<boolean> {
    const later = await this.#deps.journal.views.read((reading) => laterWentOut(reading, message));
    const skewMs = needsSkew(message) ? await this.#deps.skewAt?.(message.position) : 0;
    return isLate(message, later, skewMs);
  }

  /** What it says now, or why it can't be said: before anything is recorded as an attempt. */
  async #saying({ message, portal, line, connector, signal }: Outgoing): Promise<Saying> {
    const saying = await this.#sayings.of(message, { portal, line, connector }, signal);
    if (saying.is !== 'ready') return saying;
    const { form, judged } = saying;
    if (isBlank(judged) && form.file === undefined) return { is: 'refused', reason: 'empty' };
    const refusal = connector.refuses?.({ ...form, from: line.address, to: portal.address });
    return refusal === undefined ? saying : { is: 'refused', ...refusal };
  }

  #unsaid(outgoing: Outgoing, saying: Exclude<Saying, { is: 'ready' }>): Turn {
    if (saying.is === 'wait') return { to: 'aside', until: saying.until };
    return this.#refuse(outgoing, {
      reason: saying.reason,
      ...(saying.detail !== undefined && { detail: saying.detail }),
    });
  }

  #sending({ message, line }: Outgoing, attempt: number): Sending {
    const { position: of, wasUnknown: maybeTwice, generation } = message;
    return {
      of,
      attempt,
      generation,
      connector: line.connector,
      line: line.id,
      at: this.#deps.clock.now(),
      maybeTwice,
    };
  }

  /** Before any attempt: certain, so it has the number after the last attempt and a reason of its own. */
  #refuse(outgoing: Outgoing, refusal: Refusal): Turn {
    if (refusal.reason === 'late') this.#deps.metrics.count('gatehouse_late', { line: outgoing.line.id });
    const sending = this.#sending(outgoing, outgoing.message.attempts + 1);
    return ended(sending, { state: 'failed', ...refusal });
  }

  /**
   * The attempt is on record before the network hears of it, with the very text that it hears; and about this very text
   * the gate was asked before.
   */
  async #attempt(outgoing: Outgoing): Promise<Turn> {
    let { message } = outgoing;
    for (let claim = 0; claim < CLAIMS_MAX; claim += 1) {
      const claimed = await this.#claim({ ...outgoing, message });
      if ('to' in claimed) return claimed;
      const open = await this.#unclaimed({ ...outgoing, message: claimed });
      if (open === undefined) return DONE;
      message = open;
    }
    return { to: 'retry', reason: 'internal' };
  }

  /** Resolves with the message when it was edited meanwhile, so that it has to be claimed anew. */
  async #claim(outgoing: Outgoing): Promise<Turn | Message> {
    const { message } = outgoing;
    const saying = await this.#saying(outgoing);
    if (saying.is !== 'ready') return this.#unsaid(outgoing, saying);
    const passage = await this.#mayPass(message, saying.judged);
    if (passage.may === 'never') return this.#block(outgoing, passage);
    if (passage.may === 'ask-again') return askAgain(passage.afterMs, this.#deps.clock);
    const now = await this.#record(message, saying.judged, passage);
    // Stopped, withdrawn or edited between the look and the record: what is on record now decides.
    if (now === undefined || !isOpen(now)) return DONE;
    if (now.replacedBy !== message.replacedBy) return now;
    if (passage.may === 'not-now') return { to: 'retry', reason: 'internal' };
    return now.attempts === message.attempts + 1 ? this.#send({ ...outgoing, message: now }, saying.form) : now;
  }

  async #mayPass({ position, replacedBy }: Message, text: string): Promise<Passage | typeof UNJUDGED> {
    return (await this.#deps.gatekeeper?.mayPass(position, replacedBy, text)) ?? UNJUDGED;
  }

  /** One append: the attempt and what was found in it, or the verdict that takes the message out of its lane. */
  async #record(
    message: Message,
    text: string,
    passage: Extract<Passage, { may: 'pass' | 'not-now' }> | typeof UNJUDGED,
  ): Promise<Message | undefined> {
    const { position: of, attempts } = message;
    const drafts = [...passage.entries];
    if (passage.may === 'pass') {
      const judged = passage.judged === undefined ? {} : { judged: passage.judged };
      const body = { of, attempt: attempts + 1, target: 'network' as const, text, ...judged };
      drafts.unshift(attemptDraft(this.#deps.clock.now(), body));
    }
    if (drafts.length > 0) await this.#deps.journal.append(drafts);
    return this.#deps.journal.views.read((reading) => messageAt(reading, of));
  }

  #block(outgoing: Outgoing, { words, entries }: Extract<Passage, { may: 'never' }>): Turn {
    const turn = this.#refuse(outgoing, { reason: 'policy-blocked', detail: words });
    return { ...turn, entries: [...entries, ...(turn.entries ?? [])] };
  }

  /**
   * An attempt whose text was edited before the network heard of it ends where the new text is judged: stopped or killed
   * there, the message certainly did not go out. Undefined when it was withdrawn meanwhile.
   */
  async #unclaimed(outgoing: Outgoing): Promise<Message | undefined> {
    const { message } = outgoing;
    if (this.#deps.gatekeeper === undefined || message.state !== 'attempting') return message;
    const edited = { state: 'failed', reason: 'internal', detail: 'edited before it was sent' } as const;
    const { entries = [] } = ended(this.#sending(outgoing, message.attempts), edited);
    await this.#deps.journal.append(entries);
    const now = await this.#deps.journal.views.read((reading) => messageAt(reading, message.position));
    return now?.state === 'waiting' ? now : undefined;
  }

  async #send(outgoing: Outgoing, form: Extract<Saying, { is: 'ready' }>['form']): Promise<Turn> {
    const { message, portal, line, connector } = outgoing;
    const attempt = message.attempts;
    const sent = { position: message.position, attempt, from: line.address, to: portal.address, ...form };
    const send = (): ReturnType<Connector['send']> => connector.send(sent);
    const result = await (this.#deps.passing?.send(line.connector, send) ?? send());
    this.#deps.metrics.count('gatehouse_sent', { line: line.id, state: result.state });
    const turn = slowedDown(turnOfResult(result, this.#sending(outgoing, attempt)), outgoing);
    if (turn.to === 'done') for (const gate of gatesOf(line)) this.#notices.opened(gate);
    return turn;
  }

  /**
   * An attempt without an outcome: this process or an earlier one died or threw while the network was asked. Only a
   * network that knows our own id can say what became of it; else a person must.
   */
  async #settleBroken(outgoing: Outgoing): Promise<Turn> {
    const { message, connector } = outgoing;
    const sending = this.#sending(outgoing, message.attempts);
    const id = must(parseRemoteId(String(message.position)));
    const asked = await connector.query?.(id, 'ours');
    const answer = asked === undefined ? undefined : settledBy[asked.state];
    // A word of the network's that comes later may name it by our own id.
    const ours = connector.capabilities().sendIdentifiedBy === 'our-id' ? [id] : undefined;
    const ids = asked?.ids ?? ours;
    const body = answer ?? ({ state: 'unknown', reason: 'unknown' } as const);
    return ended(sending, { ...body, ...(ids === undefined ? {} : { ids }) });
  }
}

/** Neither ended nor stopped. */
function isOpen({ state }: Message): boolean {
  return state === 'attempting' || state === 'waiting';
}
