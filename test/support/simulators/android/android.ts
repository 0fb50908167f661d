/**
 * A phone with SMS Gateway for Android, simulated after its published API and code: basic login or a token, JSON bodies
 * of the published form and nothing else, 409 for a name that it knows, its own inbox, webhooks that it signs and
 * repeats as often as its setting says.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { parseJson } from '../../../../src/core/json.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import { inboxQuery, newMessage, newWebhook, refreshWish, tokenWish } from './slips.ts';

export interface AndroidOptions {
  /** "Settings > Webhooks" of the app. Default 14. */
  readonly retries?: number;
  /** Before the first repeat; it doubles up to 32 of these. Default 10 s, as the app has it. */
  readonly pauseMs?: number;
  /** The phone's own server lists what came in; the cloud's doesn't. */
  readonly server?: 'local' | 'cloud';
  readonly host?: string;
  readonly port?: number;
}

export const simPhone = {
  username: 'ABCDEF',
  password: 'simulated-password',
  signingKey: 'simulated-signing-key',
  number: '+12025550122',
} as const;

export interface SentText {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly sim: number | undefined;
  readonly files: readonly { readonly type: string; readonly bytes: Uint8Array }[];
  state: string;
}

interface InboxEntry {
  readonly id: string;
  readonly type: 'SMS' | 'DATA_SMS' | 'MMS' | 'MMS_DOWNLOADED';
  readonly sender: string;
  readonly recipient: string | null;
  readonly simNumber: number | null;
  readonly contentPreview: string;
  readonly createdAt: number;
  readonly files: readonly PhoneFile[];
}

export interface PhoneFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly name?: string;
}

export interface TextGiven {
  readonly from?: string;
  readonly sim?: number | null;
  readonly recipient?: string | null;
}

type Webhook = z.output<typeof newWebhook> & { readonly id: string };
export interface Call {
  readonly url: string;
  readonly body: string;
}

export class AndroidSimulator implements AsyncDisposable {
  readonly sent: SentText[] = [];
  readonly webhooks = new Map<string, Webhook>();
  readonly inbox: InboxEntry[] = [];
  /** What the phone has and the app has not seen. */
  readonly unseen: InboxEntry[] = [];
  /** Requests that were refused for their form. */
  readonly refused: string[] = [];
  readonly asked: string[] = [];
  /** Requests that are refused so, one after another. */
  readonly next: { readonly status: number; readonly message?: string }[] = [];
  url = '';
  /** Requests to send are taken and never answered. */
  silent = false;
  readonly #options: Required<Omit<AndroidOptions, 'host' | 'port'>>;
  readonly #tokens = new Set<string>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  readonly #turns = new Map<string, Promise<boolean>>();
  #newest: Call | undefined;
  #patience = new AbortController();
  #lastAt = 0;

  constructor(options: AndroidOptions) {
    this.#options = { retries: 14, pauseMs: 10_000, server: 'local', ...options };
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
    const at = this.#moment();
    const hash = hashOf([from, at, sim, text].join());
    this.#keep({ type: 'SMS', id: `text:${String(hash)}`, sender: from, recipient, simNumber: sim, at }, text, []);
    const messageId = (hash >>> 0).toString(16);
    const payload = { messageId, message: text, sender: from, recipient, simNumber: sim, receivedAt: localTime(at) };
    return this.#inTurn(from, (patience) => this.emit('sms:received', payload, patience));
  }

  /** With the bytes in the webhook, or kept for whoever fetches them. */
  customerSendsFiles(body: string, files: readonly PhoneFile[], inline = true, from = '+12025550199') {
    const at = this.#moment();
    const known = { sender: from, recipient: simPhone.number, simNumber: 1, at };
    this.#keep({ type: 'MMS_DOWNLOADED', id: `mms:${String(hashOf(`${from}${String(at)}`))}`, ...known }, body, files);
    const attachments = files.map(({ type, bytes, name = 'part' }, partId) => ({
      ...{ partId, contentType: type, name, size: bytes.length },
      data: inline ? Buffer.from(bytes).toString('base64') : null,
    }));
    const ends = { messageId: String(this.inbox.length), sender: from, recipient: simPhone.number, simNumber: 1 };
    const payload = { ...ends, receivedAt: localTime(at), body, subject: null, attachments };
    return this.#inTurn(from, (patience) => this.emit('mms:downloaded', payload, patience));
  }

  /** While the app doesn't run, the phone keeps it. */
  arrivesUnseen(text: string, from = '+12025550199'): void {
    const at = this.#moment();
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
  async emit(event: string, payload: object, patience = this.#patience.signal): Promise<boolean> {
    const wanted = [...this.webhooks.values()].filter((one) => one.event === event);
    const taken: boolean[] = [];
    for (const { id: webhookId, url } of wanted) {
      const id = randomBytes(12).toString('base64url');
      const body = JSON.stringify({ deviceId: 'simulated-phone', event, id, payload, webhookId });
      this.#newest = { url, body };
      taken.push(await this.#deliver({ url, body }, patience));
    }
    return taken.length > 0 && taken.every(Boolean);
  }

  /** The newest webhook once more, signed anew. */
  async repeats(): Promise<boolean> {
    if (this.#newest === undefined) throw new Error('nothing was handed over yet');
    return (await this.post(this.#newest)) === 'taken';
  }

  signed({ body }: Call, key: string = simPhone.signingKey, seconds = Math.floor(systemClock.now() / 1_000)) {
    const timestamp = String(seconds);
    const signature = createHmac('sha256', key)
      .update(body + timestamp)
      .digest('hex');
    return { 'content-type': 'application/json', 'x-signature': signature, 'x-timestamp': timestamp };
  }

  async post(call: Call): Promise<'taken' | 'refused' | 'away'> {
    try {
      const signal = AbortSignal.timeout(30_000);
      const answer = await fetch(call.url, { method: 'POST', headers: this.signed(call), body: call.body, signal });
      await answer.arrayBuffer();
      return answer.ok ? 'taken' : 'refused';
    } catch {
      return 'away';
    }
  }

  /** All that waits to be repeated is given up. */
  givesUp(): void {
    this.#patience.abort();
    this.#patience = new AbortController();
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

  /** No two in one millisecond. */
  #moment(): number {
    this.#lastAt = Math.max(systemClock.now(), this.#lastAt + 1);
    return this.#lastAt;
  }

  #inTurn(from: string, act: (patience: AbortSignal) => Promise<boolean>): Promise<boolean> {
    const { signal } = this.#patience;
    const turn = (this.#turns.get(from) ?? Promise.resolve(true)).then(() => act(signal));
    this.#turns.set(from, turn);
    return turn;
  }

  async #deliver(call: Call, signal: AbortSignal): Promise<boolean> {
    for (let attempt = 0; attempt < this.#options.retries && !signal.aborted; attempt += 1) {
      if ((await this.post(call)) === 'taken') return true;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const done = (): void => {
        resolve(undefined);
      };
      const cancel = systemClock.after(this.#options.pauseMs * 2 ** Math.min(attempt, 5), done);
      signal.addEventListener('abort', done);
      await promise;
      cancel();
      signal.removeEventListener('abort', done);
    }
    return false;
  }

  #keep(
    { at, ...known }: Omit<InboxEntry, 'contentPreview' | 'createdAt' | 'files'> & { readonly at: number },
    preview: string,
    files: readonly PhoneFile[],
  ): void {
    const shown = preview === '' && known.type === 'MMS_DOWNLOADED' ? 'MMS content' : preview;
    this.inbox.push({ ...known, contentPreview: shown, createdAt: at, files });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/' } = request;
    this.asked.push(`${method} ${target}`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const made = this.next.shift();
    if (made !== undefined) {
      answerJson(response, made.status, { message: made.message ?? 'as told' });
      return;
    }
    const { pathname, searchParams } = new URL(target, this.url);
    const asked = { method, pathname, query: searchParams, body: Buffer.concat(chunks).toString('utf8'), request };
    if (!this.#isLoggedIn(asked)) answerJson(response, 401, { message: 'Unauthorized' });
    else this.#route(asked, response);
  }

  /** A token is got by the password alone. */
  #isLoggedIn({ request, pathname }: Asked): boolean {
    const { authorization = '' } = request.headers;
    const basic = Buffer.from(`${simPhone.username}:${simPhone.password}`).toString('base64');
    if (authorization === `Basic ${basic}`) return true;
    return pathname !== '/auth/token' && this.#tokens.has(authorization.replace(/^Bearer /u, ''));
  }

  #route(asked: Asked, response: ServerResponse): void {
    const { method, pathname } = asked;
    const isJson = asked.request.headers['content-type']?.split(';')[0] === 'application/json';
    if (method === 'POST' && !isJson) {
      answerJson(response, 415, { message: 'Unsupported media type' });
      return;
    }
    const routes: readonly (readonly [string, RegExp, Route])[] = [
      [
        'POST',
        /^\/auth\/token$/u,
        (to) => {
          this.#giveToken(asked, to);
        },
      ],
      [
        'GET',
        /^\/webhooks$/u,
        (to) => {
          answerJson(to, 200, [...this.webhooks.values()]);
        },
      ],
      [
        'POST',
        /^\/webhooks$/u,
        (to) => {
          this.#register(asked, to);
        },
      ],
      [
        'DELETE',
        /^\/webhooks\/([^/]+)$/u,
        (to, id) => {
          this.#unregister(id, to);
        },
      ],
      [
        'POST',
        /^\/messages$/u,
        (to) => {
          this.#take(asked, to);
        },
      ],
      [
        'GET',
        /^\/messages\/([^/]+)$/u,
        (to, id) => {
          this.#tellState(id, to);
        },
      ],
      [
        'POST',
        /^\/inbox\/refresh$/u,
        (to) => {
          this.#refresh(asked, to);
        },
      ],
      [
        'GET',
        /^\/inbox$/u,
        (to) => {
          this.#list(asked, to);
        },
      ],
      [
        'GET',
        /^\/inbox\/([^/]+\/attachments\/\d+)$/u,
        (to, path) => {
          this.#giveFile(path, to);
        },
      ],
    ];
    for (const [verb, path, act] of routes) {
      const found = path.exec(pathname);
      if (verb === method && found !== null) {
        act(response, decodeURIComponent(found[1] ?? ''));
        return;
      }
    }
    answerJson(response, 404, { message: 'Not found' });
  }

  #giveToken(asked: Asked, response: ServerResponse): void {
    const wish = this.#read(tokenWish, asked, response);
    if (wish === undefined) return;
    const token = randomBytes(24).toString('base64url');
    this.#tokens.add(token);
    const expires = new Date(systemClock.now() + (wish.ttl ?? 86_400) * 1_000).toISOString();
    answerJson(response, 201, { access_token: token, expires_at: expires, token_type: 'Bearer', id: 'jti' });
  }

  /** Every token is worth nothing from now on. */
  revoke(): void {
    this.#tokens.clear();
  }

  #register(asked: Asked, response: ServerResponse): void {
    const wish = this.#read(newWebhook, asked, response);
    if (wish === undefined) return;
    // Without TLS the app takes 127.0.0.1 alone.
    if (!/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/u.test(wish.url)) {
      answerJson(response, 400, { message: 'Invalid URL' });
      return;
    }
    const webhook = { ...wish, id: wish.id ?? randomBytes(12).toString('hex') };
    this.webhooks.set(webhook.id, webhook);
    answerJson(response, 201, webhook);
  }

  #unregister(id: string, response: ServerResponse): void {
    this.webhooks.delete(id);
    response.writeHead(204).end();
  }

  #take(asked: Asked, response: ServerResponse): void {
    const wish = this.#read(newMessage, asked, response);
    if (wish === undefined) return;
    const id = wish.id ?? randomBytes(12).toString('base64url');
    const [to = ''] = wish.phoneNumbers;
    if (this.sent.some((one) => one.id === id)) {
      answerJson(response, 409, { message: 'Message with such ID already exists' });
      return;
    }
    if (!/^\+[1-9]\d{6,14}$/u.test(to) && asked.query.get('skipPhoneValidation') !== 'true') {
      this.refused.push('phone number');
      answerJson(response, 400, { message: `invalid phone number in row 1: ${to}` });
      return;
    }
    this.sent.push({ id, to, ...saidIn(wish), state: 'Pending' });
    if (!this.silent) this.#tellState(id, response, 202);
  }

  #tellState(id: string, response: ServerResponse, status = 200): void {
    const text = this.sent.find((one) => one.id === id);
    if (text === undefined) {
      answerJson(response, 404, { message: 'Message not found' });
      return;
    }
    const { state, to } = text;
    const recipients = [{ phoneNumber: to, state, error: null }];
    const known = { deviceId: 'simulated-phone', isEncrypted: false, isHashed: false, states: {} };
    answerJson(response, status, { ...known, id, state, recipients, createdAt: localTime(systemClock.now()) });
  }

  /** What the app has not seen yet goes into its inbox, and to the webhooks where that is wished. */
  #refresh(asked: Asked, response: ServerResponse): void {
    const wish = this.#read(refreshWish, asked, response);
    if (wish === undefined) return;
    const tell = wish.triggerWebhooks === true || wish.webhookDelivery === 'Individual';
    for (const entry of this.unseen.splice(0)) {
      this.inbox.push(entry);
      const messageId = (Number(entry.id.replace('text:', '')) >>> 0).toString(16);
      const { sender, recipient, simNumber, contentPreview: message, createdAt } = entry;
      const payload = { messageId, message, sender, recipient, simNumber, receivedAt: localTime(createdAt) };
      if (tell) this.#inTurn(sender, () => this.emit('sms:received', payload)).catch(() => undefined);
    }
    response.writeHead(202).end();
  }

  #list({ query }: Asked, response: ServerResponse): void {
    const wish = inboxQuery.safeParse(Object.fromEntries(query));
    if (this.#options.server === 'cloud') answerJson(response, 501, { message: 'Not implemented' });
    else if (!wish.success) {
      this.refused.push(z.prettifyError(wish.error));
      answerJson(response, 400, { message: 'Invalid query' });
    } else {
      const { type, limit, offset, from, to, includeAttachments } = wish.data;
      const [first, last] = [Date.parse(from ?? '1970-01-01'), to === undefined ? Infinity : Date.parse(to)];
      const all = this.inbox
        .filter((one) => (type === undefined || one.type === type) && one.createdAt >= first && one.createdAt <= last)
        .toSorted((one, other) => other.createdAt - one.createdAt);
      response.setHeader('x-total-count', String(all.length));
      answerJson(
        response,
        200,
        all.slice(offset, offset + limit).map((one) => shownItem(one, includeAttachments)),
      );
    }
  }

  #giveFile(path: string, response: ServerResponse): void {
    const [id, , part] = path.split('/');
    const file = this.inbox.find((one) => one.id === id)?.files[Number(part)];
    if (file === undefined) answerJson(response, 404, { message: 'Not found' });
    else response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
  }

  #read<T>(schema: z.ZodType<T>, { body }: Asked, response: ServerResponse): T | undefined {
    const read = schema.safeParse(parseJson(body));
    if (read.success) return read.data;
    this.refused.push(z.prettifyError(read.error));
    answerJson(response, 400, { message: z.prettifyError(read.error) });
    return undefined;
  }
}

export async function startAndroid(options: AndroidOptions = {}): Promise<AndroidSimulator> {
  const simulator = new AndroidSimulator(options);
  await simulator.listen(options);
  return simulator;
}

function saidIn({ textMessage, mmsMessage, simNumber: sim }: z.output<typeof newMessage>) {
  const files = (mmsMessage?.attachments ?? []).map(({ contentType, data }) => ({
    ...{ type: contentType, bytes: Buffer.from(data, 'base64') },
  }));
  return { text: textMessage?.text ?? mmsMessage?.text ?? '', sim, files };
}

interface Asked {
  readonly method: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly request: IncomingMessage;
}
type Route = (response: ServerResponse, part: string) => void;

function shownItem({ files, createdAt, ...known }: InboxEntry, includeAttachments: string | undefined) {
  const attachments = files.map(({ type, bytes, name = 'part' }, partId) => ({
    ...{ partId, contentType: type, name, size: bytes.length },
  }));
  return { ...known, createdAt: localTime(createdAt), ...(includeAttachments === 'true' ? { attachments } : {}) };
}

/** In the phone's own zone, with milliseconds: `2024-06-22T15:46:11.000+07:00`. */
function localTime(ms: number): string {
  return new Date(ms + 7 * 3_600_000).toISOString().replace('Z', '+07:00');
}

/** As Java's `String.hashCode`. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (31 * hash + text.charCodeAt(i)) | 0;
  return hash;
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
