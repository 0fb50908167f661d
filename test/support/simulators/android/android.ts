/**
 * A phone with SMS Gateway for Android, simulated after its published API and code: basic login or a token, JSON bodies
 * of the published form and nothing else, 409 for a name that it knows, its own inbox, webhooks that it signs and
 * repeats as often as its setting says.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { systemClock } from '../../../../src/core/clock.ts';
import { AppWebhooks, type Call, type Insistence, type Webhook } from './app-webhooks.ts';
import { GatewayApi, type GatewayState, type Misfortune, type SentText } from './gateway-api.ts';
import { hashOf, localTime, PhoneInbox, simPhone, type InboxEntry, type PhoneFile } from './phone.ts';

export { simPhone } from './phone.ts';

export interface AndroidOptions extends Partial<Insistence> {
  /** The phone's own server lists what came in; the cloud's doesn't. */
  readonly server?: 'local' | 'cloud';
  readonly host?: string;
  readonly port?: number;
}

export interface TextGiven {
  readonly from?: string;
  readonly sim?: number | null;
  readonly recipient?: string | null;
}

export class AndroidSimulator implements GatewayState, AsyncDisposable {
  readonly sent: SentText[] = [];
  /** Requests that were refused for their form. */
  readonly refused: string[] = [];
  readonly asked: string[] = [];
  /** Requests that are refused so, one after another. */
  readonly next: Misfortune[] = [];
  url = '';
  /** Requests to send are taken and never answered. */
  silent = false;
  readonly #kept = new PhoneInbox();
  readonly #hooks: AppWebhooks;
  readonly #api: GatewayApi;
  readonly #server = createServer((request, response) => {
    this.#api.answer(request, response).catch(() => response.destroy());
  });

  constructor({ retries = 14, pauseMs = 10_000, server = 'local' }: AndroidOptions) {
    this.#hooks = new AppWebhooks({ retries, pauseMs });
    this.#api = new GatewayApi(this, server, { inbox: this.#kept, webhooks: this.#hooks });
  }

  get webhooks(): Map<string, Webhook> {
    return this.#hooks.registered;
  }

  get inbox(): InboxEntry[] {
    return this.#kept.seen;
  }

  /** What the phone has and the app has not seen. */
  get unseen(): InboxEntry[] {
    return this.#kept.unseen;
  }

  async listen({ host = '127.0.0.1', port = 0 }: Pick<AndroidOptions, 'host' | 'port'> = {}): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.url = `http://${host}:${String(address.port)}`;
  }

  /** Somebody texts the phone; true when the webhook was taken, false when the phone gave up. */
  customerWrites(text: string, { from = '+12025550199', sim = 1, recipient = simPhone.number }: TextGiven = {}) {
    const at = this.#kept.moment();
    const hash = hashOf([from, at, sim, text].join());
    this.#kept.keep({ type: 'SMS', id: `text:${String(hash)}`, sender: from, recipient, simNumber: sim, at }, text, []);
    const messageId = (hash >>> 0).toString(16);
    const payload = { messageId, message: text, sender: from, recipient, simNumber: sim, receivedAt: localTime(at) };
    return this.#hooks.inTurn(from, (patience) => this.emit('sms:received', payload, patience));
  }

  /** With the bytes in the webhook, or kept for whoever fetches them. */
  customerSendsFiles(body: string, files: readonly PhoneFile[], inline = true, from = '+12025550199') {
    const at = this.#kept.moment();
    const known = { sender: from, recipient: simPhone.number, simNumber: 1, at };
    this.#kept.keep(
      { type: 'MMS_DOWNLOADED', id: `mms:${String(hashOf(`${from}${String(at)}`))}`, ...known },
      body,
      files,
    );
    const attachments = files.map(({ type, bytes, name = 'part' }, partId) => ({
      ...{ partId, contentType: type, name, size: bytes.length },
      data: inline ? Buffer.from(bytes).toString('base64') : null,
    }));
    const ends = { messageId: String(this.inbox.length), sender: from, recipient: simPhone.number, simNumber: 1 };
    const payload = { ...ends, receivedAt: localTime(at), body, subject: null, attachments };
    return this.#hooks.inTurn(from, (patience) => this.emit('mms:downloaded', payload, patience));
  }

  /** While the app doesn't run, the phone keeps it. */
  arrivesUnseen(text: string, from = '+12025550199'): void {
    const at = this.#kept.moment();
    const id = `text:${String(hashOf([from, at, 1, text].join()))}`;
    const entry = { recipient: simPhone.number, simNumber: 1, contentPreview: text, createdAt: at, files: [] };
    this.unseen.push({ id, type: 'SMS', sender: from, ...entry });
  }

  /** How far a text of ours got. */
  becomes(id: string, state: 'Sent' | 'Delivered' | 'Failed', reason = 'RESULT_ERROR_GENERIC_FAILURE') {
    const text = this.sent.find((one) => one.id === id);
    if (text === undefined) throw new Error(`no text ${id}`);
    text.state = state;
    const at = localTime(systemClock.now());
    const known = { messageId: id, phoneNumber: text.to, recipient: text.to, sender: simPhone.number, simNumber: 1 };
    if (state === 'Sent') return this.emit('sms:sent', { ...known, sentAt: at });
    if (state === 'Delivered') return this.emit('sms:delivered', { ...known, deliveredAt: at });
    return this.emit('sms:failed', { ...known, failedAt: at, reason });
  }

  /** To whoever is registered for the event; false also where nobody is. */
  emit(event: string, payload: object, patience?: AbortSignal): Promise<boolean> {
    return this.#hooks.emit(event, payload, patience);
  }

  /** The newest webhook once more, signed anew. */
  repeats(): Promise<boolean> {
    return this.#hooks.repeats();
  }

  signed(call: Call, key?: string, seconds?: number): ReturnType<AppWebhooks['signed']> {
    return this.#hooks.signed(call, key, seconds);
  }

  post(call: Call): ReturnType<AppWebhooks['post']> {
    return this.#hooks.post(call);
  }

  /** All that waits to be repeated is given up. */
  givesUp(): void {
    this.#hooks.givesUp();
  }

  /** Every token is worth nothing from now on. */
  revoke(): void {
    this.#api.revoke();
  }

  cut(): void {
    this.silent = false;
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.givesUp();
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }
}

export async function startAndroid(options: AndroidOptions = {}): Promise<AndroidSimulator> {
  const simulator = new AndroidSimulator(options);
  await simulator.listen(options);
  return simulator;
}
