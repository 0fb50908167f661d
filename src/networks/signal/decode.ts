/** Makes of what signal-cli hands over what goes on record, in the order in which it came. */
import { createHash } from 'node:crypto';
import { noMillis, parseAddress, parseMillis, type Address, type Millis } from '../../core/ids.ts';
import type { Ends } from '../../core/network-entries.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';
import type { Notice } from './daemon.ts';
import { messageSteps, type Written } from './decode-message.ts';
import { distrustWords, trustWords } from './trust-words.ts';
import { Edits, remoteIdOf } from './message-ids.ts';
import { People, type Person } from './people.ts';
import { callWords } from './service-words.ts';
import type { GroupLook, Step } from './steps.ts';
import { received, type WireEnvelope, type WireReceived } from './wire.ts';

/** Typing that was said longer ago is over. */
const typingFreshMs = 20_000;
const typingForMs = 15_000;

export interface Surroundings {
  readonly lines: readonly Address[];
  readonly kv: Kv;
  readonly now: () => Millis;
  readonly groups: GroupLook;
}

/** One batch: what is learnt from one notice is known for the next, and commits with it. */
export class Decoder {
  readonly #given: Surroundings;
  readonly #people: People;
  readonly #edits: Edits;

  constructor(given: Surroundings) {
    this.#given = given;
    this.#people = new People(given.kv);
    this.#edits = new Edits(given.kv);
  }

  get kv(): readonly KvEdit[] {
    return [...this.#people.edits, ...this.#edits.edits];
  }

  /** Never throws for what stands in the notice. */
  async steps(notice: Notice): Promise<readonly Step[]> {
    const parsed = received.safeParse(notice.params);
    if (!parsed.success) return [unreadable(notice, this.#given.now())];
    const line = this.#lineOf(parsed.data.account, notice.line);
    const { envelope } = parsed.data;
    if (line === undefined) return [unreadable(notice, this.#given.now())];
    const from = envelope === undefined ? undefined : await this.#writer(envelope);
    const at: Placed = { notice, line, from, at: this.#timeOf(envelope) };
    const moved = from?.before === undefined ? [] : this.#moved(at, from, from.before);
    return [...moved, ...(await this.#stepsOf(at, parsed.data))];
  }

  #lineOf(account: string | undefined, line: string | undefined): Address | undefined {
    const { lines } = this.#given;
    const only = lines.length === 1 ? lines[0] : undefined;
    const parsed = parseAddress(account ?? line ?? only);
    return parsed.ok ? parsed.value : only;
  }

  #writer({ sourceNumber, sourceUuid, source, sourceName }: WireEnvelope): Promise<Person | undefined> {
    return this.#people.of({ number: sourceNumber, uuid: sourceUuid, legacy: source, name: sourceName });
  }

  #timeOf(envelope: WireEnvelope | undefined): Millis {
    const at = parseMillis(envelope?.serverReceivedTimestamp ?? envelope?.timestamp);
    return at.ok && at.value !== noMillis ? at.value : this.#given.now();
  }

  async #stepsOf(at: Placed, { envelope, exception }: WireReceived): Promise<readonly Step[]> {
    if (exception !== undefined) return failed(at, exception.type ?? 'unknown', envelope);
    if (envelope === undefined) return [unreadable(at.notice, at.at)];
    if (envelope.typingMessage !== undefined) return this.#typing(at, envelope);
    if (envelope.receiptMessage !== undefined) return this.#receipts(at, envelope);
    if (envelope.callMessage !== undefined) return call(at, envelope);
    return isNoMessage(envelope) ? [] : this.#written(at, envelope);
  }

  /** A message, an edit or one of the company's own. */
  async #written(at: Placed, envelope: WireEnvelope): Promise<readonly Step[]> {
    const written = (await this.#sentElsewhere(at, envelope)) ?? sentToUs(at, envelope);
    if (written === undefined) return [withoutContent(at, envelope)];
    return messageSteps(written, { people: this.#people, edits: this.#edits, groups: this.#given.groups });
  }

  async #sentElsewhere({ line, at, notice }: Placed, envelope: WireEnvelope): Promise<Written | undefined> {
    const sent = envelope.syncMessage?.sentMessage;
    if (sent === undefined) return undefined;
    const { destinationNumber: number, destinationUuid: uuid, destination: legacy, editMessage, ...data } = sent;
    const to = await this.#people.of({ number, uuid, legacy });
    const own = { line, at, raw: notice.raw, own: true, writer: { address: line, author: line }, to: to?.address };
    return editMessage === undefined
      ? { ...own, data: { ...data, timestamp: data.timestamp ?? envelope.timestamp } }
      : { ...own, data: editMessage.dataMessage, edits: editMessage.targetSentTimestamp };
  }

  async #receipts({ notice, line, from, at }: Placed, envelope: WireEnvelope): Promise<readonly Step[]> {
    const receipt = envelope.receiptMessage;
    if (receipt === undefined || from === undefined) return [];
    const steps: Step[] = [];
    const state = receipt.isDelivery ? 'delivered' : 'read';
    for (const sentAt of receipt.timestamps) {
      const named = await this.#edits.original({ line, author: line, sentAt });
      const remoteId = remoteIdOf(named);
      if (remoteId === undefined) continue;
      const id = `receipt/${line}/${from.author}/${String(envelope.timestamp)}/${state}/${String(sentAt)}`;
      const seen = receipt.isViewed ? { detail: 'viewed' } : {};
      const update = { id, sure: true, at, raw: notice.raw, remoteId, state, by: from.address, ...seen } as const;
      steps.push({ kind: 'receipt', update });
    }
    return steps;
  }

  async #typing({ line, from }: Placed, { typingMessage, timestamp }: WireEnvelope): Promise<readonly Step[]> {
    if (typingMessage === undefined || from === undefined) return [];
    if (this.#given.now() - timestamp > typingFreshMs) return [];
    const { groupId, action } = typingMessage;
    const group = groupId === undefined ? undefined : await this.#given.groups(line, groupId, undefined);
    if (groupId !== undefined && group === undefined) return [];
    const ends: Ends = { from: from.address, to: line, ...(group === undefined ? {} : { group }) };
    return [{ kind: 'typing', typing: { ...ends, on: action === 'STARTED', forMs: typingForMs } }];
  }

  /** The number became known, or is another one: every line's chat with this person goes on under it. */
  #moved({ notice, at }: Placed, { address }: Person, before: Address): readonly Step[] {
    const uuid = `${before}/${address}`;
    return this.#given.lines.map((line) => ({
      kind: 'event',
      event: {
        kind: 'chat',
        id: `moved/${line}/${uuid}`,
        sure: true,
        at,
        raw: notice.raw,
        chat: { line, chat: before, movedTo: address },
      },
    }));
  }
}

/** A notice, whose it is, and when it was. */
interface Placed {
  readonly notice: Notice;
  readonly line: Address;
  readonly from: Person | undefined;
  readonly at: Millis;
}

/** A phone of the company's own reads and syncs its contacts, or somebody shows a story: none of it is a message here. */
function isNoMessage({ storyMessage, syncMessage }: WireEnvelope): boolean {
  return storyMessage !== undefined || (syncMessage !== undefined && syncMessage.sentMessage === undefined);
}

function sentToUs({ line, at, notice, from }: Placed, envelope: WireEnvelope): Written | undefined {
  const { dataMessage, editMessage } = envelope;
  if (from === undefined) return undefined;
  const base = { line, at, raw: notice.raw, own: false, writer: from, to: line };
  if (dataMessage !== undefined) return { ...base, data: dataMessage };
  return editMessage && { ...base, data: editMessage.dataMessage, edits: editMessage.targetSentTimestamp };
}

function call({ notice, line, from, at }: Placed, { callMessage, timestamp }: WireEnvelope): readonly Step[] {
  // Only the offer is told: answers, hang-ups and addresses follow it.
  if (callMessage?.offerMessage === undefined || from === undefined) return [];
  const message = {
    from: from.address,
    to: line,
    text: callWords(callMessage.offerMessage.type),
    service: true,
    ...(from.name === undefined ? {} : { fromName: from.name }),
  };
  const id = `call/${line}/${from.author}/${String(timestamp)}`;
  return [{ kind: 'event', event: { kind: 'message', id, sure: true, at, raw: notice.raw, message } }];
}

/** What the daemon could not read: it says why, and nobody else can say more. */
function failed({ notice, line, from, at }: Placed, type: string, envelope: WireEnvelope | undefined): readonly Step[] {
  const when = String(envelope?.timestamp ?? at);
  const base = { id: `failed/${line}/${from?.author ?? 'nobody'}/${when}`, sure: true, at, raw: notice.raw };
  if (type.includes('UntrustedIdentity')) {
    const alert: Step = {
      kind: 'event',
      event: { ...base, kind: 'account', alert: trustWords(line, from, 'received') },
    };
    if (from === undefined) return [alert];
    const told = { from: from.address, to: line, text: distrustWords(from), service: true };
    return [{ kind: 'event', event: { ...base, id: `${base.id}/told`, kind: 'message', message: told } }, alert];
  }
  const what = `a message that signal-cli could not read (${type.replace(/[^A-Za-z]/gu, '').slice(0, 60)})`;
  const ends = { to: line, ...(from === undefined ? {} : { from: from.address }) };
  return [{ kind: 'event', event: { ...base, kind: 'unsupported', what, ...ends } }];
}

function withoutContent({ notice, line, from, at }: Placed, { timestamp }: WireEnvelope): Step {
  const id = `empty/${line}/${from?.author ?? 'nobody'}/${String(timestamp)}`;
  const ends = { to: line, ...(from === undefined ? {} : { from: from.address }) };
  const what =
    from === undefined ? 'something from Signal that names no sender' : 'something from Signal without words';
  return { kind: 'event', event: { kind: 'unsupported', id, sure: true, at, raw: notice.raw, what, ...ends } };
}

function unreadable({ raw }: Notice, at: Millis): Step {
  const id = `unreadable/${createHash('sha256').update(raw).digest('hex')}`;
  const what = 'something that signal-cli handed over and Gatehouse could not read';
  return { kind: 'event', event: { kind: 'unsupported', id, sure: true, at, raw, what } };
}
