/** Takes in what people write to a line. A receipt goes out once the message is on record, and not before. */
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { Address } from '../../core/ids.ts';
import type { Arrival } from './arrival.ts';
import { KeyedOrder } from '../keyed-order.ts';
import type { Lines } from './lines.ts';
import { chatKey, eventIdOf, remoteIdOf } from './message-ids.ts';
import { ns } from './namespaces.ts';
import { personalEvent, type Naming, type ToRecord } from './personal-event.ts';
import type { Recorder } from './recorder.ts';
import { errorReply } from './stanzas/errors.ts';
import { chatStateOf, idAttr, receiptsOf } from './stanzas/payload.ts';
import type { TalkNotes } from './talk-notes.ts';
import { childOf, xml, type XmlElement } from './xml/element.ts';

export interface InboundOptions {
  readonly ctx: ConnectorContext;
  readonly lines: Lines;
  readonly naming: Naming;
  readonly recorder: Recorder;
  readonly notes: TalkNotes;
  readonly write: (stanza: XmlElement) => void;
}

/** Typing that is not taken back is over by itself; XEP-0085 leaves the time to us. */
const typingMs = 30_000;

export class Inbound {
  readonly #options: InboundOptions;
  readonly #order = new KeyedOrder();

  constructor(options: InboundOptions) {
    this.#options = options;
  }

  /** A message of a person, whose chat is `chat`: their bare address, or their place in a room. */
  take(arrival: Arrival, chat: Address): Promise<void> {
    return this.#order.run(chatKey(arrival.line, chat), () => this.#take(arrival, chat));
  }

  /** A message to nobody of ours: on record, and bounced. */
  async takeStray(
    stanza: XmlElement,
    raw: Buffer,
    named: { readonly to?: Address; readonly from?: Address },
  ): Promise<void> {
    const { recorder, naming, write } = this.#options;
    const what = 'a message to an address of the component that is no line';
    const id = `odd/${naming.ids.likeness(raw)}`;
    const taken = await recorder.event({
      kind: 'unsupported',
      what,
      ...named,
      id,
      sure: false,
      at: naming.clock.now(),
      raw,
    });
    const reply = errorReply(stanza, taken ? 'cancel' : 'wait', taken ? 'item-not-found' : 'resource-constraint');
    if (reply !== undefined) write(reply);
  }

  async #take(arrival: Arrival, chat: Address): Promise<void> {
    const { naming, recorder, notes } = this.#options;
    await this.#receipts(arrival, chat);
    this.#typing(arrival, chat);
    const toRecord = personalEvent(arrival, chat, naming);
    if (toRecord === undefined) return;
    if (!(await recorder.event(toRecord.event, toRecord.kv))) {
      this.#refuse(arrival);
      return;
    }
    this.#confirm(arrival);
    notes.markable(arrival.stanza, toRecord.remoteId);
    this.#statesOf(arrival, chat, toRecord);
  }

  /** Only of messages that we sent to this very chat: what anybody else says of them names nothing. */
  async #receipts({ stanza, line, raw }: Arrival, chat: Address): Promise<void> {
    const { naming, recorder } = this.#options;
    const key = chatKey(line, chat);
    for (const { id, state } of receiptsOf(stanza)) {
      const remoteId = naming.ids.areOurs(id, key) ? remoteIdOf('out', key, id) : undefined;
      if (remoteId === undefined) continue;
      const eventId = eventIdOf(state, key, id);
      await recorder.update({ remoteId, state, id: eventId, sure: true, at: naming.clock.now(), raw });
    }
  }

  #typing({ stanza, line }: Arrival, chat: Address): void {
    const state = chatStateOf(stanza);
    if (state === undefined) return;
    this.#options.ctx.typing({ from: chat, to: line, on: state === 'composing', forMs: typingMs });
  }

  /** XEP-0085, 5.1: who writes without states gets none. */
  #statesOf({ stanza, line }: Arrival, chat: Address, { event }: ToRecord): void {
    if (event.kind === 'message') this.#options.notes.states(line, chat, chatStateOf(stanza) !== undefined);
  }

  /** XEP-0184, 5.3: to the client that wrote, by the stanza's own id. */
  #confirm({ stanza, line }: Arrival): void {
    const id = idAttr(stanza);
    const { from, type } = stanza.attrs;
    if (id === undefined || childOf(stanza, ns.receipts, 'request') === undefined) return;
    const attrs = { type: type === 'chat' ? 'chat' : undefined, from: this.#options.lines.jidOf(line), to: from };
    const received = xml(ns.receipts, 'received', { id });
    this.#options.write(xml(ns.component, 'message', { ...attrs, id: `r-${id}`.slice(0, 200) }, [received, store]));
  }

  /** It could not be put on record, and we are stopping: whoever wrote it must know. */
  #refuse({ stanza }: Arrival): void {
    const reply = errorReply(stanza, 'wait', 'resource-constraint');
    this.#options.ctx.log.warn('xmpp.given-back');
    if (reply !== undefined) this.#options.write(reply);
  }
}

/** XEP-0334. */
export const store = xml(ns.hints, 'store');
