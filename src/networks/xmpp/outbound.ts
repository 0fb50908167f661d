/** Sends, and says honestly what is known of it: sent once the server has taken it, failed when it was given back. */
import type { RemoteId } from '../../core/ids.ts';
import type { ConnectorContext, Refusal } from '../../core/ports/connector.ts';
import type {
  ChatRef,
  OutboundEdit,
  OutboundMessage,
  OutboundReaction,
  OutboundRedaction,
  SendResult,
} from '../../core/ports/outbound.ts';
import type { Aliases } from './aliases.ts';
import * as compose from './compose.ts';
import type { Flight, Flights } from './flights.ts';
import { fullOf, readJid } from './jid.ts';
import type { Lines } from './lines.ts';
import { maxText } from './max-text.ts';
import { chatKey, remoteIdOf, wireIdOf, type OurIds } from './message-ids.ts';
import type { Rooms } from './rooms/rooms.ts';
import type { Session } from './session.ts';
import { failureOf } from './stanzas/errors.ts';
import { noComponent, type Upload } from './upload.ts';
import type { XmlElement } from './xml/element.ts';

export interface OutboundOptions {
  readonly ctx: ConnectorContext;
  readonly lines: Lines;
  readonly session: Session;
  readonly ids: OurIds;
  readonly aliases: Aliases;
  readonly upload: Upload;
  readonly rooms: Rooms;
  readonly flights: Flights;
  readonly answerTimeout: number;
}

const downForMs = 5_000;

const notConnected: SendResult = {
  state: 'retry',
  afterMs: downForMs,
  scope: 'connector',
  reason: 'provider-down',
  detail: 'no connection to the server',
};

type Message = Omit<OutboundMessage, 'position' | 'attempt' | 'from'>;
/** A change of a message: what it is sent as. */
interface Change {
  readonly chat: ChatRef;
  readonly id: string;
  readonly payloads: readonly XmlElement[];
}

export class Outbound {
  readonly #options: OutboundOptions;

  constructor(options: OutboundOptions) {
    this.#options = options;
  }

  refuses({ text, file, location, to }: Message): Refusal | undefined {
    if (readJid(to) === undefined) return { reason: 'bad-address', detail: 'it is no XMPP address' };
    if (text.length > maxText) return { reason: 'too-long', detail: `${String(maxText)} characters at most` };
    if (file !== undefined) return this.#refusesFile(file.size);
    return text === '' && location === undefined ? { reason: 'empty', detail: 'no text' } : undefined;
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const refusal = this.refuses(message);
    if (refusal !== undefined) return { state: 'failed', ...refusal };
    const waiting = this.#mustWait(message);
    if (waiting !== undefined) return waiting;
    const id = this.#options.ids.make(message.position, 'm', keyOf(message));
    const payloads = await this.#payloadsOf(message);
    if ('result' in payloads) return payloads.result;
    return this.#give({ chat: message, id, payloads: payloads.of }, message.attempt, true);
  }

  async edit(edit: OutboundEdit): Promise<SendResult> {
    // A correction takes the place of the whole message (XEP-0308), and the file's address stands in it.
    if (edit.caption) return fileStays;
    const original = this.#ownWireId(edit);
    if (edit.by !== edit.from || original === undefined) return notOurs;
    const id = this.#options.ids.make(edit.position, 'e', keyOf(edit));
    const name = `c/${keyOf(edit)}/${id}`;
    await this.#options.ctx.kv.apply(this.#options.aliases.note(name, original));
    return this.#give({ chat: edit, id, payloads: compose.correctionOf(edit, original) }, 1, false);
  }

  async redact(redaction: OutboundRedaction): Promise<SendResult> {
    const original = wireIdOfFirst(redaction.ids);
    if (redaction.by !== redaction.from || original === undefined) return notOurs;
    const id = this.#options.ids.make(redaction.position, 'd', keyOf(redaction));
    return this.#give({ chat: redaction, id, payloads: compose.retractionOf(original) }, 1, false);
  }

  async react(reaction: OutboundReaction): Promise<SendResult> {
    const original = wireIdOfFirst(reaction.ids);
    if (original === undefined) return notOurs;
    const id = this.#options.ids.make(reaction.position, 'r', keyOf(reaction));
    return this.#give({ chat: reaction, id, payloads: compose.reactionsOf(original, reaction.keys) }, 1, false);
  }

  envelope(chat: ChatRef, id: string): compose.Envelope {
    const jid = readJid(chat.to);
    const to = jid === undefined ? chat.to : fullOf(jid);
    const kind = this.#options.rooms.isRoom(chat)
      ? 'room'
      : this.#options.rooms.isOccupant(chat)
        ? 'occupant'
        : 'person';
    return { from: this.#options.lines.jidOf(chat.from), to, id, kind };
  }

  #refusesFile(size: number): Refusal | undefined {
    const { maxBytes } = this.#options.upload;
    if (maxBytes === undefined) return noComponent;
    if (size <= maxBytes) return undefined;
    return { reason: 'too-large', detail: `${String(Math.floor(maxBytes / 1_048_576))} MB at most` };
  }

  #mustWait(chat: ChatRef): SendResult | undefined {
    const { session, rooms } = this.#options;
    if (!session.ready) return notConnected;
    if (!rooms.isRoom(chat) || rooms.isJoined(chat)) return undefined;
    const detail = 'we are not in the room yet';
    return { state: 'retry', afterMs: downForMs, scope: 'chat', reason: 'provider-down', detail };
  }

  async #payloadsOf(
    message: OutboundMessage,
  ): Promise<{ readonly of: XmlElement[] } | { readonly result: SendResult }> {
    const { file, location, text } = message;
    const quoted = this.#quotedBy(message);
    const reply = quoted === undefined ? [] : [compose.replyTo(quoted)];
    if (file !== undefined) {
      const from = this.#options.lines.jidOf(message.from);
      const put = await this.#options.upload.put(file, from, message.attempt);
      return 'result' in put ? put : { of: [...compose.fileOf(put.url), ...reply] };
    }
    if (location !== undefined) return { of: [...compose.placeOf(location, text), ...reply] };
    return { of: quoted === undefined ? compose.bodyOf(message) : compose.answerOf(message, quoted) };
  }

  #quotedBy({ replyTo, from }: OutboundMessage): compose.Quoted | undefined {
    if (replyTo === undefined) return undefined;
    const by = replyTo.by === from ? this.#options.lines.jidOf(from) : replyTo.by;
    return { id: wireIdOf(replyTo.id), by, text: replyTo.text };
  }

  /** Writes it and waits until the server has it, and in a room until the room has it. */
  async #give({ chat, id, payloads }: Change, attempt: number, isWords: boolean): Promise<SendResult> {
    const { session, flights, rooms } = this.#options;
    const flight = flights.begin(id, keyOf(chat));
    try {
      const given = await session.give(compose.messageStanza(this.envelope(chat, id), payloads, isWords));
      if (flight.bounce !== undefined) return failureOf(flight.bounce, attempt);
      if (given === 'not-sent') return notConnected;
      if (given === 'unclear') return this.#unclear(chat, id, 'the connection broke before the server had it');
      return rooms.isRoom(chat) ? await this.#echoed(chat, id, { flight, attempt }) : this.#sent(chat, id);
    } finally {
      flights.end(id);
    }
  }

  async #echoed(
    chat: ChatRef,
    id: string,
    { flight, attempt }: { readonly flight: Flight; readonly attempt: number },
  ): Promise<SendResult> {
    const { flights, answerTimeout } = this.#options;
    const echo = await flights.echoOf(flight, answerTimeout);
    if (flight.bounce !== undefined) return failureOf(flight.bounce, attempt);
    if (echo === undefined) return this.#unclear(chat, id, 'the room did not show it');
    const key = keyOf(chat);
    // Corrections name it by our own id.
    if (echo !== id) await this.#options.ctx.kv.apply(this.#options.aliases.note(`o/${key}/${echo}`, id));
    return this.#sent(chat, echo);
  }

  #sent(chat: ChatRef, id: string): SendResult {
    return { state: 'sent', ids: this.#idsOf(chat, id) };
  }

  #unclear(chat: ChatRef, id: string, detail: string): SendResult {
    return { state: 'unknown', ids: this.#idsOf(chat, id), detail };
  }

  #idsOf(chat: ChatRef, id: string): RemoteId[] {
    const writer = this.#options.rooms.isRoom(chat) ? 'room' : 'out';
    const remote = remoteIdOf(writer, keyOf(chat), id);
    return remote === undefined ? [] : [remote];
  }

  /** Corrections name a message by the id that we gave it, in rooms too. */
  #ownWireId(edit: OutboundEdit): string | undefined {
    const key = keyOf(edit);
    const id = wireIdOfFirst(edit.ids) ?? '';
    const own = this.#options.aliases.get(`o/${key}/${id}`) ?? id;
    return this.#options.ids.areOurs(own, key) ? own : undefined;
  }
}

const fileStays: SendResult = {
  state: 'failed',
  reason: 'unsupported',
  detail: "the words beside a file can't be changed",
};
const notOurs: SendResult = {
  state: 'failed',
  reason: 'unsupported',
  detail: "a change of somebody else's message",
};

function keyOf({ from, to }: ChatRef): string {
  return chatKey(from, to);
}

function wireIdOfFirst(ids: readonly RemoteId[]): string | undefined {
  const [first] = ids;
  return first === undefined ? undefined : wireIdOf(first);
}
