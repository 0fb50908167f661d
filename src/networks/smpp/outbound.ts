/** Sends one message in its parts, in order, and says honestly what is known of it. */
import type { RemoteId } from '../../core/ids.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import type { Binds } from './binds.ts';
import { Pace, type Flight } from '../pace.ts';
import { chance } from '../chance.ts';
import { status, statusCode } from './codec/status.ts';
import type { SmppConfig } from './config.ts';
import { KeyedOrder } from '../keyed-order.ts';
import type { Answered } from './link.ts';
import type { ReceiptDesk } from './receipt-desk.ts';
import type { Routes } from './routes.ts';
import { cleanId, remoteId } from './sent-messages.ts';
import { isThrottle, submitFailure } from './submit-failure.ts';
import { Submits, type Submit } from './submits.ts';
import { maxParts } from './text/segment.ts';

type Refusal = { readonly reason: 'too-long' | 'empty'; readonly detail: string } | undefined;
type PartResult = { readonly sent: RemoteId | undefined } | { readonly result: SendResult };

/** With some parts out, "too fast" is waited out here: sending the whole again would send those twice. */
const maxThrottledTurns = 8;
const downForMs = 5_000;

export interface OutboundOptions {
  readonly ctx: ConnectorContext;
  readonly config: SmppConfig;
  readonly routes: Routes;
  readonly binds: Pick<Binds, 'canSend' | 'request'>;
  readonly receipts: ReceiptDesk;
}

export class Outbound {
  readonly #given: OutboundOptions;
  readonly #submits: Submits;
  readonly #pace: Pace;
  readonly #order = new KeyedOrder();
  readonly #stopping = new AbortController();

  constructor(given: OutboundOptions) {
    this.#given = given;
    const { config, routes, ctx } = given;
    this.#submits = new Submits(config, routes);
    this.#pace = new Pace({ clock: ctx.clock, perSecond: config.perSecond, window: config.window });
  }

  /** Nothing new is submitted from now on. */
  stop(): void {
    this.#stopping.abort();
    this.#pace.stop();
  }

  /** See `Connector.place`. Without a connection there is no turn to wait for. */
  place(message: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined {
    return this.#given.binds.canSend ? this.#pace.place(chatOf(message)) : undefined;
  }

  refuses({ text, to }: Pick<OutboundMessage, 'text' | 'to'>): Refusal {
    if (text.length === 0) return { reason: 'empty', detail: 'no text' };
    const segments = this.#submits.segments(text, to);
    return segments.ok ? undefined : tooLong(segments.error.parts);
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const { text, to } = message;
    if (text.length === 0) return { state: 'failed', reason: 'empty', detail: 'no text' };
    const segments = this.#submits.segments(text, to);
    if (!segments.ok) return { state: 'failed', ...tooLong(segments.error.parts) };
    if (!this.#given.binds.canSend) return notConnected;
    const flight = await this.#begin(chatOf(message));
    if (flight === undefined) return notConnected;
    // A receipt of the first part may come before the answer to the last.
    this.#given.receipts.submitting();
    try {
      return await this.#sendAll({ message, flight }, this.#submits.of(message, segments.value));
    } finally {
      this.#given.receipts.submitted();
      this.#pace.ended();
    }
  }

  /** Messages of one chat begin in the order of asking, also where several are asked for at once. */
  #begin(chat: string): Promise<Flight | undefined> {
    return this.#order.run(chat, () => this.#pace.begin(chat, this.#stopping.signal));
  }

  async #sendAll(sending: Sending, pdus: readonly Submit[]): Promise<SendResult> {
    const ids: RemoteId[] = [];
    let gone = 0;
    for (const pdu of pdus) {
      const part = await this.#submit(pdu, sending, gone > 0);
      if ('result' in part) return this.#stoppedAfter({ part: part.result, ids, gone, of: pdus.length, sending });
      gone += 1;
      if (part.sent !== undefined) ids.push(part.sent);
    }
    this.#noteSent(sending.message, ids);
    return { state: 'sent', ids };
  }

  /** What is known once a part has failed: the first one's own result, or that some of the message went out. */
  #stoppedAfter(at: {
    readonly part: SendResult;
    readonly ids: readonly RemoteId[];
    readonly gone: number;
    readonly of: number;
    readonly sending: Sending;
  }): SendResult {
    const { part, ids, gone, of } = at;
    if (gone === 0) return part;
    this.#noteSent(at.sending.message, ids);
    const why = 'detail' in part ? `: ${part.detail}` : '';
    return { state: 'unknown', ids, detail: `${gone} of ${of} parts went out${why}` };
  }

  #noteSent(message: OutboundMessage, ids: readonly RemoteId[]): void {
    if (ids.length > 0) this.#given.receipts.sent(`${message.position}.${message.attempt}`, ids);
  }

  async #submit(pdu: Submit, { message, flight }: Sending, begun: boolean): Promise<PartResult> {
    const { ctx } = this.#given;
    for (let turn = 1; ; turn += 1) {
      const answer = await this.#inTurn(pdu, flight, begun);
      const code = answer.kind === 'answer' ? answer.pdu.status : undefined;
      if (code === undefined || !isThrottle(code)) return this.#resultOf(answer, message.attempt);
      const pause = this.#pace.throttled(flight, chance());
      ctx.metrics.count('smpp_throttled', { connector: ctx.id });
      ctx.log.info('smpp.throttled', { status: statusCode(code), pauseMs: pause });
      if (!begun || turn >= maxThrottledTurns) {
        const detail = statusCode(code);
        return { result: { state: 'retry', afterMs: pause, scope: 'connector', reason: 'rate-limited', detail } };
      }
    }
  }

  async #inTurn(pdu: Submit, { chat }: Flight, begun: boolean): Promise<Answered> {
    if (begun) await this.#pace.part(this.#stopping.signal);
    if (this.#stopping.signal.aborted) return { kind: 'not-sent' };
    return this.#given.binds.request(chat, pdu);
  }

  #resultOf(answer: Answered, attempt: number): PartResult {
    if (answer.kind === 'not-sent') return { result: notConnected };
    if (answer.kind === 'closed') {
      return { result: { state: 'unknown', detail: 'the connection broke before the carrier answered' } };
    }
    if (answer.kind === 'silence') {
      return { result: { state: 'unknown', detail: 'the carrier did not answer in time' } };
    }
    const { pdu } = answer;
    if (pdu.status !== status.ok) return { result: submitFailure(pdu.status, attempt) };
    this.#pace.accepted();
    const id = 'messageId' in pdu ? cleanId(pdu.messageId) : '';
    return { sent: id === '' ? undefined : remoteId(id) };
  }
}

/** One message on its way. */
interface Sending {
  readonly message: OutboundMessage;
  readonly flight: Flight;
}

const notConnected: SendResult = {
  state: 'retry',
  afterMs: downForMs,
  scope: 'connector',
  reason: 'provider-down',
  detail: 'no connection to the carrier',
};

function chatOf({ from, to }: Pick<OutboundMessage, 'from' | 'to'>): string {
  return `${from} ${to}`;
}

function tooLong(parts: number): { readonly reason: 'too-long'; readonly detail: string } {
  return { reason: 'too-long', detail: `${parts} parts, at most ${maxParts}` };
}
