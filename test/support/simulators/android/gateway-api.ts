/** The gateway's routes, after the app's published OpenAPI: messages, webhooks, inbox and tokens. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { parseJson } from '../../../../src/core/json.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import type { AppWebhooks } from './app-webhooks.ts';
import { localTime, simPhone, type InboxEntry, type PhoneInbox } from './phone.ts';
import { inboxQuery, newMessage, newWebhook, refreshWish, tokenWish } from './slips.ts';

export interface SentText {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly sim: number | undefined;
  readonly files: readonly { readonly type: string; readonly bytes: Uint8Array }[];
  state: string;
}

/** What the gateway has on record, and how it was told to behave. */
export interface GatewayState {
  readonly sent: SentText[];
  readonly refused: string[];
  readonly asked: string[];
  readonly next: Misfortune[];
  readonly url: string;
  readonly silent: boolean;
}

/** A request that is refused so. */
export interface Misfortune {
  readonly status: number;
  readonly message?: string;
}

interface Asked {
  readonly method: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly request: IncomingMessage;
}

/** The one group of a path is what the request is about. */
const routes = [
  ['POST', /^\/auth\/token$/u, 'giveToken'],
  ['GET', /^\/webhooks$/u, 'listWebhooks'],
  ['POST', /^\/webhooks$/u, 'register'],
  ['DELETE', /^\/webhooks\/([^/]+)$/u, 'unregister'],
  ['POST', /^\/messages$/u, 'take'],
  ['GET', /^\/messages\/([^/]+)$/u, 'tellState'],
  ['POST', /^\/inbox\/refresh$/u, 'refresh'],
  ['GET', /^\/inbox$/u, 'list'],
  ['GET', /^\/inbox\/([^/]+\/attachments\/\d+)$/u, 'giveFile'],
] as const;

type Act = (typeof routes)[number][2];

export class GatewayApi {
  readonly #state: GatewayState;
  readonly #server: 'local' | 'cloud';
  readonly #inbox: PhoneInbox;
  readonly #webhooks: AppWebhooks;
  readonly #tokens = new Set<string>();

  constructor(
    state: GatewayState,
    server: 'local' | 'cloud',
    kept: { readonly inbox: PhoneInbox; readonly webhooks: AppWebhooks },
  ) {
    this.#state = state;
    this.#server = server;
    this.#inbox = kept.inbox;
    this.#webhooks = kept.webhooks;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/' } = request;
    this.#state.asked.push(`${method} ${target}`);
    const body = await text(request);
    const made = this.#state.next.shift();
    if (made !== undefined) {
      answerJson(response, made.status, { message: made.message ?? 'as told' });
      return;
    }
    const { pathname, searchParams } = new URL(target, this.#state.url);
    const asked = { method, pathname, query: searchParams, body, request };
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
    for (const [verb, path, act] of routes) {
      const found = path.exec(pathname);
      if (verb !== method || found === null) continue;
      this.#act(act, decodeURIComponent(found[1] ?? ''), { asked, response });
      return;
    }
    answerJson(response, 404, { message: 'Not found' });
  }

  #act(
    act: Act,
    part: string,
    { asked, response }: { readonly asked: Asked; readonly response: ServerResponse },
  ): void {
    const acts: Readonly<Record<Act, () => void>> = {
      giveToken: () => {
        this.#giveToken(asked, response);
      },
      listWebhooks: () => {
        answerJson(response, 200, [...this.#webhooks.registered.values()]);
      },
      register: () => {
        this.#register(asked, response);
      },
      unregister: () => {
        this.#unregister(part, response);
      },
      take: () => {
        this.#take(asked, response);
      },
      tellState: () => {
        this.#tellState(part, response);
      },
      refresh: () => {
        this.#refresh(asked, response);
      },
      list: () => {
        this.#list(asked, response);
      },
      giveFile: () => {
        this.#giveFile(part, response);
      },
    };
    acts[act]();
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
    this.#webhooks.registered.set(webhook.id, webhook);
    answerJson(response, 201, webhook);
  }

  #unregister(id: string, response: ServerResponse): void {
    this.#webhooks.registered.delete(id);
    response.writeHead(204).end();
  }

  #take(asked: Asked, response: ServerResponse): void {
    const wish = this.#read(newMessage, asked, response);
    if (wish === undefined) return;
    const id = wish.id ?? randomBytes(12).toString('base64url');
    const [to = ''] = wish.phoneNumbers;
    if (this.#state.sent.some((one) => one.id === id)) {
      answerJson(response, 409, { message: 'Message with such ID already exists' });
      return;
    }
    if (!/^\+[1-9]\d{6,14}$/u.test(to) && asked.query.get('skipPhoneValidation') !== 'true') {
      this.#state.refused.push('phone number');
      answerJson(response, 400, { message: `invalid phone number in row 1: ${to}` });
      return;
    }
    this.#state.sent.push({ id, to, ...saidIn(wish), state: 'Pending' });
    if (!this.#state.silent) this.#tellState(id, response, 202);
  }

  #tellState(id: string, response: ServerResponse, status = 200): void {
    const text = this.#state.sent.find((one) => one.id === id);
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
    for (const entry of this.#inbox.unseen.splice(0)) {
      this.#inbox.seen.push(entry);
      const messageId = (Number(entry.id.replace('text:', '')) >>> 0).toString(16);
      const { sender, recipient, simNumber, contentPreview: message, createdAt } = entry;
      const payload = { messageId, message, sender, recipient, simNumber, receivedAt: localTime(createdAt) };
      if (tell)
        this.#webhooks.inTurn(sender, () => this.#webhooks.emit('sms:received', payload)).catch(() => undefined);
    }
    response.writeHead(202).end();
  }

  #list({ query }: Asked, response: ServerResponse): void {
    const wish = inboxQuery.safeParse(Object.fromEntries(query));
    if (this.#server === 'cloud') answerJson(response, 501, { message: 'Not implemented' });
    else if (!wish.success) {
      this.#state.refused.push(z.prettifyError(wish.error));
      answerJson(response, 400, { message: 'Invalid query' });
    } else {
      const { type, limit, offset, from, to, includeAttachments } = wish.data;
      const [first, last] = [Date.parse(from ?? '1970-01-01'), to === undefined ? Infinity : Date.parse(to)];
      const all = this.#inbox.seen
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
    const file = this.#inbox.seen.find((one) => one.id === id)?.files[Number(part)];
    if (file === undefined) answerJson(response, 404, { message: 'Not found' });
    else response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
  }

  #read<T>(schema: z.ZodType<T>, { body }: Asked, response: ServerResponse): T | undefined {
    const read = schema.safeParse(parseJson(body));
    if (read.success) return read.data;
    this.#state.refused.push(z.prettifyError(read.error));
    answerJson(response, 400, { message: z.prettifyError(read.error) });
    return undefined;
  }
}

function saidIn({ textMessage, mmsMessage, simNumber: sim }: z.output<typeof newMessage>) {
  const files = (mmsMessage?.attachments ?? []).map(({ contentType, data }) => ({
    ...{ type: contentType, bytes: Buffer.from(data, 'base64') },
  }));
  return { text: textMessage?.text ?? mmsMessage?.text ?? '', sim, files };
}

function shownItem({ files, createdAt, ...known }: InboxEntry, includeAttachments: string | undefined) {
  const attachments = files.map(({ type, bytes, name = 'part' }, partId) => ({
    ...{ partId, contentType: type, name, size: bytes.length },
  }));
  return { ...known, createdAt: localTime(createdAt), ...(includeAttachments === 'true' ? { attachments } : {}) };
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
