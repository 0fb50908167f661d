/** The bot's one reaction on a staff message, and the reply that says why when it failed. */
import { leftOf } from '../../core/clock.ts';
import type { Entry } from '../../core/entry.ts';
import { type EventId, type Millis, type Position, type RoomId } from '../../core/ids.ts';
import type { Done, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { isReadFromMark } from '../outbound/before-restore.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { messageOfEntry } from '../messages/entry-message.ts';
import { isGone, turnOf } from '../homeserver-turn.ts';
import type { MarkBudget } from './mark-budget.ts';
import { faceOf, type Face } from './mark-face.ts';
import { urgencyOf } from './mark-urgency.ts';
import { marksOn, type ShownMark } from './mark-store.ts';
import { verdictRejected, whyOf, type Stands, type Why } from './mark-words.ts';
import { messageAt, type Message } from '../messages/message-store.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { sentAs } from '../messages/provider-id-store.ts';
import { Recent } from '../recent.ts';
import { writtenIn } from '../rooms/written-in.ts';
import { tell } from '../tell.ts';

const DONE: Turn = { to: 'done' };
/** A message that is through within this time never shows ⏳, and nothing flickers. */
const QUIET_MS = 2_000;
const FACES: readonly Face['name'][] = ['waiting', 'sent', 'delivered', 'stopped', 'failed'];

/** A message with its event and room: without them there is nothing to mark. */
interface Marked {
  readonly message: Message;
  readonly portal: Portal;
  readonly room: RoomId;
  readonly event: EventId;
  /** The portal's room of now. */
  readonly tellIn: RoomId;
  readonly entry: Entry;
  readonly verdict: Stands['verdict'];
  readonly mayRepeat: boolean;
  /** Whether marks may stand that neither the record nor memory knows. */
  readonly look: boolean;
}
type Step = Promise<Result<unknown, HomeserverFailure>>;

export class Marks {
  readonly #deps: BridgeDeps;
  readonly #budget: MarkBudget;
  // Reactions sent whose echo the homeserver has not shown us yet.
  readonly #sent = new Recent<Position, readonly ShownMark[]>(5_000);
  // Whether the room was looked at in this life; false again when the answer to a mark never came.
  readonly #looked = new Recent<Position, boolean>(5_000);
  readonly #startedAt: Millis;

  constructor(deps: BridgeDeps, budget: MarkBudget) {
    this.#deps = deps;
    this.#budget = budget;
    this.#startedAt = deps.clock.now();
  }

  readonly run: TaskHandler = async (_task, entry, context) => {
    if ('erased' in entry) return DONE;
    const found = await this.#find(entry);
    if (found === undefined) return DONE;
    const { mayRepeat } = context;
    const by = await this.#standsBy(found.message, entry);
    const verdict = await verdictRejected(by, this.#deps.journal);
    const marked = { ...found, entry: by, verdict, mayRepeat, look: this.#mustLook(found.message, mayRepeat) };
    if (isOvertaken(found.message, entry)) return this.#leave(marked);
    const face = faceOf(marked.message);
    const quiet = leftOf(QUIET_MS, marked.message.recordedAt, this.#deps.clock);
    if (quiet > 0 && isQuiet(face)) return { to: 'retry', reason: 'rate-limited', afterMs: quiet };
    const before = await this.#shown(marked);
    return before.ok ? this.#show(marked, planOf(marked, face, before.value)) : turnOf(before.error);
  };

  /** A first text that was asked for with a command is in the room only after it was decided about. */
  async #standsBy({ changed }: Message, entry: Entry): Promise<Entry> {
    if (!isShowing(entry) || changed === entry.position) return entry;
    const by = await this.#deps.journal.read(changed);
    return by === undefined || 'erased' in by ? entry : by;
  }

  /** An earlier life may have put up a mark that is not on record; after one look this life knows all there is. */
  #mustLook({ position, recordedAt }: Message, mayRepeat: boolean): boolean {
    return !(this.#looked.get(position) ?? (recordedAt >= this.#startedAt && !mayRepeat));
  }

  /** What it put up before a crash is remembered, so that the mark that overtook it takes it down. */
  async #leave(marked: Marked): Promise<Turn> {
    const before = marked.look ? await this.#shown(marked) : ok(undefined);
    return before.ok ? DONE : turnOf(before.error);
  }

  async #find(entry: Entry): Promise<Omit<Marked, 'entry' | 'verdict' | 'mayRepeat' | 'look'> | undefined> {
    const { views } = this.#deps.journal;
    return views.read(async (reading) => {
      const of = await messageOf(entry, reading, views.sealer);
      const message = of === undefined ? undefined : await messageAt(reading, of);
      if (message?.room === undefined || message.event === undefined) return undefined;
      const portal = await portalById(reading, views.sealer, message.portal);
      if (portal?.room === undefined) return undefined;
      // In a room that was lost nobody sees a mark, and nobody can set one.
      const written = await writtenIn(reading, message, portal);
      if (written === 'gone' || written === 'next') return undefined;
      return { message, portal, room: message.room, event: message.event, tellIn: portal.room };
    });
  }

  /** The new mark stands before the old one goes; the reason comes last, and sounds. */
  async #show(marked: Marked, plan: Plan): Promise<Turn> {
    const { clear, put, remove, status, why } = plan;
    const events = clear.length + remove.length + [put, status, why].filter((step) => step !== undefined).length;
    if (events === 0) return DONE;
    const { views } = this.#deps.journal;
    const urgency = await views.read((reading) => urgencyOf(reading, marked, why !== undefined));
    const taken = this.#budget.take({ who: marked.portal.portal, events, urgency });
    if (!taken.ok) return { to: 'aside', until: taken.until };
    const steps: (() => Step)[] = [
      ...clear.map((old) => () => this.#remove(marked, old)),
      ...(put === undefined ? [] : [() => this.#react(marked, put)]),
      ...remove.map((old) => () => this.#remove(marked, old)),
      ...(status === undefined ? [] : [() => this.#status(marked, status)]),
      ...(why === undefined ? [] : [() => this.#why(marked, why)]),
    ];
    for (const step of steps) {
      const done = await step();
      // In a room that the portal moved out of a mark is set as far as it can be.
      if (!done.ok && !(marked.room !== marked.tellIn && isGone(done.error))) return turnOf(done.error);
    }
    return DONE;
  }

  async #shown(marked: Marked): Promise<Result<readonly ShownMark[], HomeserverFailure>> {
    const { message, look } = marked;
    const seen = await this.#deps.journal.views.read((reading) => marksOn(reading, message.position));
    const own = this.#sent.get(message.position) ?? [];
    const known = [...seen, ...own.filter((mark) => !seen.some((other) => other.part === mark.part))];
    if (!look) return ok(known);
    const found = await this.#lookForMarks(marked, known);
    return found.ok ? ok([...known, ...found.value]) : found;
  }

  /** After a crash a mark may stand that neither the record nor memory knows yet. */
  async #lookForMarks(
    { message, room }: Marked,
    known: readonly ShownMark[],
  ): Promise<Result<readonly ShownMark[], HomeserverFailure>> {
    const found: ShownMark[] = [];
    for (const name of FACES) {
      const part = `mark-${name}-${message.generation}`;
      if (known.some((mark) => mark.part === part)) continue;
      const echo = await this.#echo({ message, room }, part);
      if (!echo.ok) return echo;
      if (echo.value !== undefined) found.push({ part, event: echo.value });
    }
    for (const mark of found) this.#remember(message.position, mark);
    this.#looked.set(message.position, true);
    return ok(found);
  }

  #echo({ message, room }: Pick<Marked, 'message' | 'room'>, part: string): Done<EventId | undefined> {
    const as = this.#deps.homeserver.gatehouse;
    return this.#deps.homeserver.findEcho({ as, room, source: message.position, part, since: message.at });
  }

  #remember(of: Position, mark: ShownMark): void {
    const others = (this.#sent.get(of) ?? []).filter((other) => other.part !== mark.part);
    this.#sent.set(of, [...others, mark]);
  }

  async #react(marked: Marked, mark: { readonly part: string; readonly key: string }): Step {
    const { message, room, event } = marked;
    const sent = await this.#deps.homeserver.send({
      as: this.#deps.homeserver.gatehouse,
      room,
      type: 'm.reaction',
      content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key: mark.key } },
      source: message.position,
      part: mark.part,
    });
    if (!sent.ok && sent.error.kind === 'unclear') this.#looked.set(message.position, false);
    // The same mark already stands there: the homeserver takes each reaction of one user once.
    const stands = !sent.ok && isDuplicate(sent.error) ? await this.#echo({ message, room }, mark.part) : sent;
    if (!stands.ok || stands.value === undefined) return stands;
    this.#remember(message.position, { part: mark.part, event: stands.value });
    return stands;
  }

  async #remove({ message, room }: Marked, old: ShownMark): Step {
    const as = this.#deps.homeserver.gatehouse;
    const redaction = { as, room, event: old.event, source: message.position, part: `un${old.part}` };
    const done = await this.#deps.homeserver.redact(redaction);
    const others = this.#sent.get(message.position) ?? [];
    if (done.ok)
      this.#sent.set(
        message.position,
        others.filter((mark) => mark.part !== old.part),
      );
    return done;
  }

  /** What Beeper's clients and Element's labs read; `mautrix/go` event/beeper.go. */
  #status({ message, room, event, portal }: Marked, face: Face): Step {
    const reason = face.status === 'SUCCESS' ? {} : { reason: 'm.foreign_network_error' };
    return this.#deps.homeserver.send({
      as: this.#deps.homeserver.gatehouse,
      room,
      type: 'com.beeper.message_send_status',
      content: {
        'm.relates_to': { rel_type: 'm.reference', event_id: event },
        network: portal.network,
        status: face.status,
        ...reason,
      },
      source: message.position,
      part: `status-${face.name}-${message.generation}`,
    });
  }

  /** Told where people are now; a reply reaches only what stands in the same room. */
  #why({ message, room, event, mayRepeat, tellIn }: Marked, why: Why): Step {
    const mention = message.sender === undefined ? [] : [message.sender];
    const part = `why-${message.generation}-${why.reason}`;
    const replyTo = room === tellIn ? { replyTo: event } : {};
    const telling = { room: tellIn, text: why.text, mention, ...replyTo, source: message.position, part };
    return tell({ ...telling, look: mayRepeat, since: message.at }, this.#deps);
  }
}

/** The message that an entry says something of. */
async function messageOf(entry: Entry, reading: Reading, sealer: Sealer): Promise<Position | undefined> {
  if (entry.kind !== 'network.receipt') return messageOfEntry(entry, reading);
  const { connector, remoteId, matches } = entry.body;
  return (await sentAs(reading, sealer, { connector, ids: [remoteId, ...(matches ?? [])] }))?.of;
}

/** What has to change in the room: worked out first, so that its events can be counted against the budget. */
interface Plan {
  /** The same mark of an earlier try: the homeserver takes it only once, so the old one goes first. */
  readonly clear: readonly ShownMark[];
  readonly put: { readonly part: string; readonly key: string } | undefined;
  readonly remove: readonly ShownMark[];
  readonly status: Face | undefined;
  readonly why: Why | undefined;
}
function planOf(marked: Marked, face: Face | undefined, before: readonly ShownMark[]): Plan {
  const why = whyOf(marked);
  const none = { clear: [], put: undefined, status: undefined };
  if (face === undefined) return { ...none, remove: before, why };
  const { kind, body } = marked.entry;
  // The mark of before says it already; only the ⏳ of now goes.
  if (kind === 'delivery.outcome' && isReadFromMark(body))
    return { ...none, remove: before.filter((mark) => mark.part.startsWith('mark-waiting-')), why };
  const part = `mark-${face.name}-${marked.message.generation}`;
  const others = before.filter((mark) => mark.part !== part);
  if (others.length < before.length)
    return { ...none, remove: others, status: isDecided(kind) ? face : undefined, why };
  const isSame = (mark: ShownMark): boolean => mark.part.startsWith(`mark-${face.name}-`);
  return {
    clear: others.filter(isSame),
    put: { part, key: face.key },
    remove: others.filter((mark) => !isSame(mark)),
    status: face.status === undefined ? undefined : face,
    why,
  };
}

/** 🛑 stands since it was stopped; that it doesn't go out is known only now. */
function isDecided(kind: Entry['kind']): boolean {
  return kind === 'policy.rejected' || kind === 'policy.expired';
}

function isDuplicate(failure: HomeserverFailure): boolean {
  return failure.kind === 'refused' && failure.errcode === 'M_DUPLICATE_ANNOTATION';
}

/** Failures are told at once; everything else has its two quiet seconds. */
function isQuiet(face: Face | undefined): boolean {
  return face !== undefined && face.name !== 'failed' && face.name !== 'stopped';
}

/** A later entry moved it on, and that entry has a mark of its own behind this one. */
function isOvertaken(message: Message, entry: Entry): boolean {
  if (message.state === 'waiting' || message.state === 'attempting' || message.state === 'withdrawn') return false;
  return !isShowing(entry) && message.changed !== entry.position;
}

/** It stands in the room from here on; how far it got on its way out does not change by that. */
function isShowing(entry: Entry): boolean {
  return entry.kind === 'delivery.outcome' && entry.body.target === 'matrix';
}
