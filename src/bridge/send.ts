/** Outbound: checks, records the attempt, sends, records the outcome. What may have gone out is never sent again by itself. */
import { leftOf } from '../core/clock.ts';
import type { Entry, ErasedEntry } from '../core/entry.ts';
import type { FailureKind } from '../core/failures.ts';
import { connectorGate, lineGate, must, parseRemoteId, type GateId, type Position } from '../core/ids.ts';
import type { Line } from '../core/line.ts';
import type { Connector } from '../core/ports/connector.ts';
import type { Task, TaskHandler, TaskKind, Turn, TurnContext } from '../tasks/task.ts';
import { becameOf, mayHaveGoneBefore } from './before-restore.ts';
import type { BridgeDeps } from './bridge-deps.ts';
import { abandonedDraft, attemptDraft, deferredDraft } from './drafts.ts';
import { turnOf } from './homeserver-turn.ts';
import { isLate, needsSkew } from './lateness.ts';
import { laterWentOut } from './late-message-store.ts';
import { messageAt, type Message } from './message-store.ts';
import { textToSend } from './outbound-form.ts';
import { portalById, type Portal } from './portal-store.ts';
import { writtenIn, type WrittenIn } from './rooms/written-in.ts';
import { ended, turnOfResult, type Sending } from './send-outcome.ts';
import { settledBy } from './settle.ts';
import type { WaitingNotices } from './waiting-notice.ts';
import { writtenEarlier } from './written-earlier.ts';

const DONE: Turn = { to: 'done' };
/** Edits that arrive between the record of an attempt and the send make it begin again, but not for ever. */
const CLAIMS_MAX = 5;
/** A move takes seconds. A room into which the portal has not moved by then is not its room. */
const MOVING_MS = 2 * 60_000;
const MOVING_AGAIN_MS = 1_000;
/** A network that wants nothing for so long is as good as down: health and rooms are told. */
const GATE_FROM_MS = 30_000;

/** One message on its way, with all that doesn't change while it is. */
interface Outgoing {
  readonly message: Message;
  readonly portal: Portal;
  readonly line: Line;
  readonly connector: Connector;
  /** What the room it was written in is to the portal by now. */
  readonly room: WrittenIn;
}
/** Why it isn't sent, as the outcome's body says it. */
interface Refusal {
  readonly reason: FailureKind;
  readonly detail?: string;
}

export class Sender {
  readonly #deps: BridgeDeps;
  readonly #notices: WaitingNotices;

  constructor(deps: BridgeDeps, notices: WaitingNotices) {
    this.#deps = deps;
    this.#notices = notices;
  }

  readonly run: TaskHandler = async (_task, entry, context) => {
    const found = await this.#find(messageOf(entry));
    if (found === undefined) return DONE;
    if (found.message.state === 'attempting') return this.#settleBroken(found);
    if (found.message.state !== 'waiting') return DONE;
    return (await this.#ofLostRecord(found, entry.position)) ?? this.#play(found, entry.position, context);
  };

  /** Whoever sent it before a restore, if anybody did, is not on record any more. */
  async #ofLostRecord(found: Outgoing, cause: Position): Promise<Turn | undefined> {
    const { message } = found;
    const maybe = await this.#deps.journal.views.read((reading) => mayHaveGoneBefore(message, cause, reading));
    if (!maybe) return undefined;
    const became = await becameOf(message, this.#deps.homeserver);
    return became.ok ? ended(this.#sending(found, message.attempts + 1), became.value) : turnOf(became.error);
  }

  async #play(found: Outgoing, cause: Position, context: TurnContext): Promise<Turn> {
    const of = found.message.position;
    if (this.#isUndecided(found)) return { to: 'retry', reason: 'homeserver-down', afterMs: MOVING_AGAIN_MS };
    const held = this.#held(found);
    if (held !== undefined) return held;
    const refusal = await this.#refusal(found);
    if (refusal !== undefined) return this.#refuse(found, refusal);
    const first = await writtenEarlier(found.message, cause, this.#deps);
    if (first !== undefined) return this.#defer(found.message, first, cause);
    const turn = shutGate(found, context) ?? inLine(found) ?? (await this.#attempt(found));
    if (turn.to === 'done') for (const gate of gatesOf(found.line)) this.#notices.opened(gate);
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
  readonly dead: NonNullable<TaskKind['dead']> = (_task: Task, entry, reason) =>
    Promise.resolve([abandonedDraft(this.#deps.clock.now(), { of: messageOf(entry), reason }, entry.position)]);

  async #find(of: Position): Promise<Outgoing | undefined> {
    const { views } = this.#deps.journal;
    const known = await views.read(async (reading) => {
      const message = await messageAt(reading, of);
      const portal = message === undefined ? undefined : await portalById(reading, views.sealer, message.portal);
      if (message === undefined || portal === undefined) return undefined;
      return { message, portal, room: await writtenIn(reading, message, portal) };
    });
    if (known?.message.direction !== 'outbound') return undefined;
    const line = this.#deps.lines.find((one) => one.id === known.portal.line);
    const connector = line === undefined ? undefined : this.#deps.connectors(line.connector);
    if (line === undefined || connector === undefined) throw new Error(`line ${known.portal.line} has no connector`);
    return { ...known, line, connector };
  }

  /** Written in the room that a portal is just moving to: it goes out when the move is on record. */
  #isUndecided({ room, message }: Outgoing): boolean {
    return room === 'next' && leftOf(MOVING_MS, message.recordedAt, this.#deps.clock) > 0;
  }

  async #refusal({ message, portal, line, connector, room }: Outgoing): Promise<Refusal | undefined> {
    if (room === 'gone' || room === 'next') return { reason: 'room-gone' };
    if (await this.#isLate(message)) return { reason: 'late' };
    if (message.sender === undefined || !(await this.#deps.staff.isStaff(line.id, message.sender)))
      return { reason: 'not-staff' };
    const text = await this.#text(message);
    if (!text.ok) return { reason: 'unsupported', detail: text.error };
    if (text.value.trim() === '') return { reason: 'empty' };
    return connector.refuses?.({ text: text.value, to: portal.address });
  }

  async #isLate(message: Message): Promise<boolean> {
    const later = await this.#deps.journal.views.read((reading) => laterWentOut(reading, message));
    const skewMs = needsSkew(message) ? await this.#deps.skewAt?.(message.position) : 0;
    return isLate(message, later, skewMs);
  }

  /** The newest text: the message's own, or its last edit's. */
  async #text(message: Message): Promise<ReturnType<typeof textToSend>> {
    const entry = await this.#deps.journal.read(message.replacedBy ?? message.position);
    if (entry === undefined || 'erased' in entry) return { ok: false, error: 'a message that was erased' };
    if (entry.kind === 'portal.wanted') return { ok: true, value: entry.body.text ?? '' };
    return entry.kind === 'matrix.event' ? textToSend(entry.body) : { ok: false, error: 'this kind of message' };
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

  /** The attempt is on record before the network hears of it, with the very text that it hears. */
  async #attempt(outgoing: Outgoing): Promise<Turn> {
    let { message } = outgoing;
    for (let claim = 0; claim < CLAIMS_MAX; claim += 1) {
      const text = await this.#text(message);
      if (!text.ok) return this.#refuse({ ...outgoing, message }, { reason: 'unsupported', detail: text.error });
      const attempt = message.attempts + 1;
      const of = message.position;
      const body = { of, attempt, target: 'network' as const, text: text.value };
      await this.#deps.journal.append([attemptDraft(this.#deps.clock.now(), body)]);
      const now = await this.#deps.journal.views.read((reading) => messageAt(reading, of));
      // Withdrawn or edited between the look and the record: what is on record now decides.
      if (now?.state !== 'attempting') return DONE;
      if (now.replacedBy === message.replacedBy && now.attempts === attempt) {
        return this.#send({ ...outgoing, message: now }, text.value);
      }
      message = now;
    }
    return { to: 'retry', reason: 'internal' };
  }

  async #send(outgoing: Outgoing, text: string): Promise<Turn> {
    const { message, portal, line, connector } = outgoing;
    const attempt = message.attempts;
    const sent = { position: message.position, attempt, from: line.address, to: portal.address, text };
    const send = (): ReturnType<Connector['send']> => connector.send(sent);
    const result = await (this.#deps.passing?.send(line.connector, send) ?? send());
    this.#deps.metrics.count('gatehouse_sent', { line: line.id, state: result.state });
    return slowedDown(turnOfResult(result, this.#sending(outgoing, attempt)), outgoing);
  }

  /**
   * An attempt without an outcome: this process or an earlier one died or threw while the network was asked. Only a
   * network that knows our own id can say what became of it; else a person must.
   */
  async #settleBroken(outgoing: Outgoing): Promise<Turn> {
    const { message, connector } = outgoing;
    const sending = this.#sending(outgoing, message.attempts);
    const id = must(parseRemoteId(String(message.position)));
    const asked = connector.capabilities().sendIdentifiedBy === 'our-id' ? await connector.query?.(id) : undefined;
    const answer = asked === undefined ? undefined : settledBy[asked.state];
    if (answer === undefined) return ended(sending, { state: 'unknown', reason: 'unknown' });
    return ended(sending, { ...answer, ids: [id] });
  }
}

function messageOf(entry: Entry | ErasedEntry): Position {
  if ('erased' in entry) return entry.position;
  return entry.kind === 'delivery.retry' || entry.kind === 'delivery.deferred' ? entry.body.of : entry.position;
}

function gatesOf(line: Line): readonly GateId[] {
  return [connectorGate(line.connector), lineGate(line.id)];
}

/** Behind a closed gate nothing is attempted and nothing recorded. */
function shutGate({ line }: Outgoing, context: TurnContext): Turn | undefined {
  const gate = gatesOf(line).find((one) => context.closed?.(one) === true);
  return gate === undefined ? undefined : { to: 'gate', gate, reason: context.why?.(gate) ?? 'provider-down' };
}

/** Until its turn comes at the network's rate nothing is attempted and nothing recorded. */
function inLine({ connector, line, portal }: Outgoing): Extract<Turn, { to: 'aside' }> | undefined {
  const until = connector.place?.({ from: line.address, to: portal.address });
  return until === undefined ? undefined : { to: 'aside', until };
}

/** A short "too fast" is waited out as the first in line, while the others go slower; only a long one closes the gate. */
function slowedDown(turn: Turn, outgoing: Outgoing): Turn {
  const slowed = turn.to === 'gate' && turn.reason === 'rate-limited' && (turn.afterMs ?? 0) < GATE_FROM_MS;
  if (!slowed || outgoing.connector.place === undefined) return turn;
  const { until } = inLine(outgoing) ?? { until: Promise.resolve() };
  return { to: 'aside', until, entries: turn.entries ?? [] };
}
