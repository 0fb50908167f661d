/**
 * What goes out of a staff message in its version of now: words, a file, a place, and what it answers, in the form that its
 * network carries. Decided by the record and the network's capabilities alone, so that a repeat says the same.
 */
import type { Entry, ErasedEntry, EntryOf } from '../../core/entry.ts';
import type { FailureKind } from '../../core/failures.ts';
import { parseEventId, type Position } from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { AnsweredMessage, OutboundMessage } from '../../core/ports/outbound.ts';
import { ok } from '../../core/result.ts';
import { plainText } from '../../core/rich-text.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { OutboundFiles } from '../files/outbound-file.ts';
import { otherWay } from '../files/other-way.ts';
import { messageByEvent, type Message } from '../messages/message-store.ts';
import { kindName } from '../messages/outbound-form.ts';
import { remoteIdsOf } from '../messages/remote-ids.ts';
import { changesOf } from '../messages/remote-message-store.ts';
import { callingPresent } from './called.ts';
import { capabilitiesIn, type Chat } from './chat-of.ts';
import { placeIn, placeWords } from './place-out.ts';
import { captionWords, wordsIn, wordsOf, type Words } from './words.ts';

type Form = Pick<OutboundMessage, 'text' | 'marks' | 'file' | 'location' | 'replyTo' | 'template'>;

export type Saying =
  /** `judged`: everything in it that is words. */
  | { readonly is: 'ready'; readonly judged: string; readonly form: Form }
  /** A file isn't there or isn't checked yet. */
  | { readonly is: 'wait'; readonly until: Promise<void> }
  | { readonly is: 'refused'; readonly reason: FailureKind; readonly detail?: string };

interface Answered {
  readonly text: string;
  /** Undefined where the network gave it no name. */
  readonly named: AnsweredMessage | undefined;
}

interface Said {
  readonly message: Message;
  readonly chat: Chat;
  readonly able: Capabilities;
  readonly signal: AbortSignal;
}

export class Sayings {
  readonly #deps: BridgeDeps;
  readonly #files: OutboundFiles | undefined;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
    const { files, ...rest } = deps;
    this.#files = files === undefined ? undefined : new OutboundFiles({ ...rest, ...files });
  }

  async of(message: Message, chat: Chat, signal: AbortSignal): Promise<Saying> {
    const entry = await this.#deps.journal.read(message.replacedBy ?? message.position);
    if (entry === undefined || 'erased' in entry) return unsupported('a message that was erased');
    const said = { message, chat, able: capabilitiesIn(chat), signal };
    if (entry.kind === 'portal.wanted') return wanted(entry, said);
    return entry.kind === 'matrix.event' ? this.#ofEvent(entry, said) : unsupported('this kind of message');
  }

  async #ofEvent(entry: EntryOf<'matrix.event'>, said: Said): Promise<Saying> {
    const content = newest(entry.body.content);
    const file = await this.#file(entry, said);
    if (file !== undefined) return wordsLost(file, said.able) ? unsupported(WORDS_APART) : this.#answering(file, said);
    if (content['msgtype'] === 'm.location') return this.#answering(placed(content, said.able), said);
    const words = wordsOf(entry.body.content, said.able);
    if (!words.ok) return unsupported(isText(content) ? words.error : kindName(entry.body));
    return this.#answering(spoken(await this.#calling(words.value, said)), said);
  }

  #calling(words: Words, { message, chat }: Said): Promise<Words> {
    return callingPresent(words, { room: message.room, network: chat.portal.network }, this.#deps);
  }

  /** Undefined for what is no file. */
  async #file(entry: EntryOf<'matrix.event'>, said: Said): Promise<Saying | undefined> {
    const { message, chat, able, signal } = said;
    const { sender } = message;
    const { connector } = chat.line;
    const found = await this.#files?.of({
      ...{ connector, of: entry.position, event: entry.body, capabilities: able, signal },
      elsewhere: async (kind) =>
        sender === undefined ? undefined : otherWay({ kind, portal: chat.portal, sender }, this.#deps),
    });
    if (found === undefined || found.is === 'none') return undefined;
    if (found.is !== 'file') return found;
    const words = found.captioned ? captionWords(entry.body.content, able) : ok(wordsIn(plainText(''), able));
    if (!words.ok) return unsupported(words.error);
    const { judged, form } = spoken(await this.#calling(words.value, said));
    return { is: 'ready', judged, form: { ...form, file: found.file } };
  }

  /** What it answers goes with it as the network can: by name, in quotation, or not at all. */
  async #answering(saying: Saying, { message, chat, able }: Said): Promise<Saying> {
    if (saying.is !== 'ready' || able.reply < 0) return saying;
    const answered = await this.#answered(message, chat);
    if (answered === undefined) return saying;
    const { judged, form } = saying;
    const { named } = answered;
    if (able.reply > 0 && named !== undefined) return { ...saying, form: { ...form, replyTo: named } };
    if (!takesWords(form, able)) return saying;
    const quote = quotation(answered.text);
    const marks = form.marks?.map((mark) => ({ ...mark, start: mark.start + quote.length }));
    const quoting = { ...form, text: `${quote}${form.text}`, ...(marks === undefined ? {} : { marks }) };
    return { is: 'ready', judged: `${quote}${judged}`, form: quoting };
  }

  /**
   * The first version says what it answers; an edit doesn't. What a customer wrote can be quoted without a name of the
   * network's (SMS has none); what never reached the customer has neither, and must not reach them by an answer to it.
   */
  async #answered(message: Message, { line }: Chat): Promise<Answered | undefined> {
    const { journal } = this.#deps;
    const first = await journal.read(message.position);
    const event = first === undefined ? undefined : answeredEvent(first);
    if (event === undefined || message.room === undefined) return undefined;
    const { room } = message;
    const target = await journal.views.read((reading) => messageByEvent(reading, room, event));
    if (target === undefined) return undefined;
    const known = await remoteIdsOf(target, line.address, journal);
    if (known === undefined && target.direction !== 'inbound') return undefined;
    const text = await this.#textOf(target.position, message.position);
    const id = known?.ids[0];
    return { text, named: known === undefined || id === undefined ? undefined : { id, by: known.by, text } };
  }

  /** What the answered message said when it was answered at `before`, so that a repeat says the same. */
  async #textOf(position: Position, before: Position): Promise<string> {
    const entry = await this.#deps.journal.read(position);
    if (entry === undefined || 'erased' in entry) return '';
    if (entry.kind === 'network.message') return (await this.#editOf(entry, before))?.body.text ?? entry.body.text;
    const { body } = entry.kind === 'matrix.event' ? newest(entry.body.content) : {};
    return typeof body === 'string' ? body : '';
  }

  /** The newest of the writer's own. */
  async #editOf(
    { position, body: { from } }: Entry & EntryOf<'network.message'>,
    before: Position,
  ): Promise<EntryOf<'network.edit'> | undefined> {
    const { journal } = this.#deps;
    const changes = await journal.views.read((reading) => changesOf(reading, position));
    for (const change of changes.filter((one) => one < before).reverse()) {
      const entry = await journal.read(change);
      if (entry === undefined || 'erased' in entry || entry.kind !== 'network.edit') continue;
      if (entry.body.from === from) return entry;
    }
    return undefined;
  }
}

function wanted({ body }: EntryOf<'portal.wanted'>, { able }: Said): Saying {
  const said = spoken(wordsIn(plainText(body.text ?? ''), able));
  if (body.template?.language === undefined) return said;
  const { name, language, values } = body.template;
  return { ...said, form: { ...said.form, template: { name, language, values } } };
}

const WORDS_APART = 'words together with this kind of file (send one after the other)';

/** Words with a file that its network gives no caption would be called sent and reach nobody. */
function wordsLost(saying: Saying, able: Capabilities): boolean {
  return saying.is === 'ready' && saying.form.text !== '' && !takesWords(saying.form, able);
}

function takesWords({ file }: Form, able: Capabilities): boolean {
  return file === undefined || (able.file[file.kind]?.caption ?? 0) > 0;
}

function isText({ msgtype }: JsonObject): boolean {
  return msgtype === 'm.text' || msgtype === 'm.emote';
}

type Ready = Extract<Saying, { is: 'ready' }>;

function spoken({ text, marks, judged }: Words): Ready {
  return { is: 'ready', judged, form: { text, ...(marks === undefined ? {} : { marks }) } };
}

function placed(content: JsonObject, able: Capabilities): Saying {
  const location = placeIn(content);
  if (location === undefined) return unsupported('this location');
  const words = placeWords(location);
  if (able.location_message <= 0) return { is: 'ready', judged: words, form: { text: words } };
  return { is: 'ready', judged: words, form: { text: '', location } };
}

function newest(content: JsonObject): JsonObject {
  const replaced = content['m.new_content'];
  return isJsonObject(replaced) ? replaced : content;
}

function answeredEvent(entry: Entry | ErasedEntry): ReturnType<typeof eventIn> {
  return 'erased' in entry || entry.kind !== 'matrix.event' ? undefined : eventIn(entry.body.content);
}

function eventIn(content: JsonObject) {
  const relation = content['m.relates_to'];
  const reply = isJsonObject(relation) ? relation['m.in_reply_to'] : undefined;
  const id = isJsonObject(reply) ? parseEventId(reply['event_id']) : undefined;
  return id?.ok === true ? id.value : undefined;
}

const QUOTED_MAX = 80;

/** One line of what it answers, as people quote in plain text. */
function quotation(text: string): string {
  const chars = Array.from(text.replace(/\s+/gu, ' ').trim());
  if (chars.length === 0) return '';
  return `> ${chars.slice(0, QUOTED_MAX).join('')}${chars.length > QUOTED_MAX ? '…' : ''}\n`;
}

function unsupported(detail: string): Saying {
  return { is: 'refused', reason: 'unsupported', detail };
}
