/**
 * The connector itself. Read it beside docs/connectors.md of Gatehouse: each obligation that is named there is met here.
 *
 * @import {
 *   Capabilities, Connector, ConnectorContext, FetchAnswer, NetworkEvent, OutboundMessage, OutboundUpdate, SendResult, WebhookAnswer,
 *   WebhookRequest,
 * } from 'gatehouse/contract'
 */
import { createHash } from 'node:crypto';
import { checkSignature } from './signature.js';
import { accepted, call, item } from './wire.js';

/** @typedef {{ api: string, token: string, secret: string }} EchoConfig */

const LONGEST = 2_000;
const LOOK_AGAIN_MS = 1_000;

/** True, and no better than it is: a method is there exactly where its grade is above 0. @type {Capabilities} */
export const capabilities = {
  official: true,
  keepsInbound: 'provider-retries',
  keepsForMs: 86_400_000,
  sendIdentifiedBy: 'our-id',
  max_text_length: LONGEST,
  formatting: 0,
  file: {},
  location_message: 0,
  reply: 0,
  edit: -2,
  delete: -2,
  reaction: -2,
  delivery_receipts: 2,
  read_receipts: -1,
  typing_notifications: -1,
  presence: -1,
  groups: -2,
  templates: -2,
};

/** @implements {Connector} */
export class EchoConnector {
  #ctx;
  #config;
  #api;
  #stopping = new AbortController();
  /** @type {Promise<void>} */
  #watching = Promise.resolve();

  /**
   * Asks nothing of the network yet. The webhook is handed over here, so that nobody who calls finds no door.
   *
   * @param {ConnectorContext} ctx
   * @param {EchoConfig} config
   */
  constructor(ctx, config) {
    this.#ctx = ctx;
    this.#config = config;
    this.#api = ctx.api(new URL(config.api).origin);
    ctx.http.onRequest({ methods: ['POST'], maxBytes: 1_048_576, handle: (request) => this.#called(request) });
  }

  /** Resolves at once; whether the provider takes our token is found out behind it. */
  start() {
    this.#watching = this.#watch();
    return Promise.resolve();
  }

  /** Nothing is left when it resolves: no timer, no request. */
  async stop() {
    this.#stopping.abort();
    await this.#watching;
    this.#ctx.state({ name: 'stopped' });
  }

  capabilities() {
    return capabilities;
  }

  /** Said before an attempt is recorded. @param {{ text: string }} message */
  refuses({ text }) {
    if (text === '') return { reason: /** @type {const} */ ('empty'), detail: 'no text' };
    if (text.length <= LONGEST) return undefined;
    return { reason: /** @type {const} */ ('too-long'), detail: `${LONGEST} characters at most` };
  }

  /**
   * Echo knows a message by the id that we give it, so that asking again does no harm: an answer that got lost is no
   * reason for doubt. A provider without such ids leaves an unclear send `unknown`.
   *
   * @param {OutboundMessage} message
   * @returns {Promise<SendResult>}
   */
  async send({ position, from, to, text }) {
    if (this.#stopping.signal.aborted) return again('stopping', 5_000);
    const body = JSON.stringify({ id: `gatehouse-${position}`, from, to, text });
    try {
      const answer = await this.#ask('POST', '/messages', body);
      return await this.#resultOf(answer);
    } catch (error) {
      if (!isFetchFailed(error)) throw error;
      return again('Echo did not answer', 2_000);
    }
  }

  /** @param {FetchAnswer} answer @returns {Promise<SendResult>} */
  async #resultOf(answer) {
    const { status } = answer;
    // 409: it has this id already.
    if (status === 201 || status === 409) {
      const parsed = accepted.safeParse(await answer.json());
      return { state: 'sent', ids: parsed.success ? [remoteId(parsed.data.id)] : [] };
    }
    if (status === 401 || status === 403) {
      this.#ctx.state({ name: 'bad-credentials', detail: 'Echo refuses our token' });
      return { state: 'retry', afterMs: 60_000, scope: 'connector', reason: 'bad-credentials' };
    }
    if (status === 429) {
      const afterMs = 1_000 * Number(answer.header('retry-after') ?? '10');
      return { state: 'retry', afterMs, scope: 'connector', reason: 'rate-limited' };
    }
    if (status >= 500) return again('Echo is out of order', 10_000);
    return { state: 'failed', reason: 'provider-refused', code: String(status), detail: 'Echo refused it' };
  }

  /**
   * Record, then acknowledge: the answer is given after `ingest` and `outcome` have resolved. When they reject, what is
   * thrown here becomes an error for Echo, which comes again.
   *
   * @param {WebhookRequest} request
   * @returns {Promise<WebhookAnswer>}
   */
  async #called({ headers, body }) {
    const header = headers['echo-signature'];
    const now = this.#ctx.clock.now();
    const verdict = checkSignature(typeof header === 'string' ? header : undefined, {
      ...{ secret: this.#config.secret, body, now },
    });
    if (verdict !== 'good') return { to: verdict };
    const { events, receipts } = this.#read(body);
    if (events.length > 0) await this.#ctx.ingest(events);
    for (const receipt of receipts) await this.#ctx.outcome(receipt);
    return { to: 'accepted' };
  }

  /** One senseless item doesn't take the others with it, and is on record as what it is. @param {Uint8Array} raw */
  #read(raw) {
    /** @type {NetworkEvent[]} */
    const events = [];
    /** @type {OutboundUpdate[]} */
    const receipts = [];
    const parsed = call.safeParse(jsonOf(raw));
    for (const given of parsed.success ? parsed.data.items : [undefined]) {
      const known = item.safeParse(given);
      if (!known.success) events.push(this.#strange(raw, given));
      else if (known.data.type === 'message') events.push(messageOf(known.data, raw));
      else receipts.push(receiptOf(known.data, raw));
    }
    return { events, receipts };
  }

  /** @param {Uint8Array} raw @param {unknown} given @returns {NetworkEvent} */
  #strange(raw, given) {
    const hash = createHash('sha256')
      .update(JSON.stringify(given) ?? raw)
      .digest('hex');
    const what = 'something from Echo that this connector does not know';
    return { kind: 'unsupported', id: `strange/${hash}`, sure: true, at: this.#ctx.clock.now(), raw, what };
  }

  /** Looks whether Echo takes our token, until it does. */
  async #watch() {
    const { clock } = this.#ctx;
    const { signal } = this.#stopping;
    this.#ctx.state({ name: 'connecting' });
    while (!signal.aborted) {
      const state = await this.#look();
      if (signal.aborted) return;
      this.#ctx.state(state);
      if (state.name === 'connected') return;
      await new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
        const cancel = clock.after(LOOK_AGAIN_MS, resolve);
        signal.addEventListener('abort', () => {
          cancel();
          resolve();
        });
      });
    }
  }

  /** @returns {Promise<Parameters<ConnectorContext['state']>[0]>} */
  async #look() {
    try {
      const { status } = await this.#ask('GET', '/account');
      if (status === 200) return { name: 'connected' };
      if (status === 401) return { name: 'bad-credentials', detail: 'Echo refuses our token' };
      return { name: 'connecting', detail: `Echo answers ${status}` };
    } catch (error) {
      if (!isFetchFailed(error)) throw error;
      return { name: 'connecting', detail: 'Echo does not answer' };
    }
  }

  /** @param {'GET' | 'POST'} method @param {string} path @param {string} [body] */
  #ask(method, path, body) {
    const headers = { authorization: `Bearer ${this.#config.token}`, 'content-type': 'application/json' };
    const { signal } = this.#stopping;
    return this.#api(path, { method, headers, timeoutMs: 10_000, signal, ...(body === undefined ? {} : { body }) });
  }
}

/** @param {string} detail @param {number} afterMs @returns {SendResult} */
function again(detail, afterMs) {
  return { state: 'retry', afterMs, scope: 'connector', reason: 'provider-down', detail };
}

/** By its name: the class itself is Gatehouse's. @param {unknown} error */
function isFetchFailed(error) {
  return error instanceof Error && error.name === 'FetchFailed';
}

/** @param {Uint8Array} raw @returns {unknown} */
function jsonOf(raw) {
  try {
    return JSON.parse(Buffer.from(raw).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The ids of the contract are texts that were looked at: `wire.js` has. @param {string} text */
function remoteId(text) {
  return /** @type {import('gatehouse/contract').RemoteId} */ (text);
}
/** @param {string} text */
function address(text) {
  return /** @type {import('gatehouse/contract').Address} */ (text);
}
/** @param {number} at */
function millis(at) {
  return /** @type {import('gatehouse/contract').Millis} */ (at);
}

/**
 * @param {{ id: string, from: string, to: string, text: string, at: number }} given
 * @param {Uint8Array} raw
 * @returns {NetworkEvent}
 */
function messageOf({ id, from, to, text, at }, raw) {
  // What is on record has to be UTF-8: lone surrogates are not.
  const message = { from: address(from), to: address(to), text: text.toWellFormed(), remoteId: remoteId(id) };
  return { kind: 'message', id: `message/${id}`, sure: true, at: millis(at), raw, message };
}

/**
 * @param {{ id: string, message: string, state: 'delivered' | 'failed', at: number }} given
 * @param {Uint8Array} raw
 * @returns {OutboundUpdate}
 */
function receiptOf({ id, message, state, at }, raw) {
  return { id: `receipt/${id}`, sure: true, at: millis(at), raw, remoteId: remoteId(message), state };
}
