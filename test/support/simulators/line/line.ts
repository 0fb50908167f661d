/**
 * LINE's Messaging API (developers.line.biz, "Messaging API reference"): pushes with retry keys, contents at another host,
 * and the webhook with `X-Line-Signature`, whose redeliveries have the same `webhookEventId`.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { jsonServer, type Asked, type JsonServer, type Said } from '../json-server.ts';
import { WebhookCalls } from '../webhook-calls.ts';
import { push, shownOf, type Pushed } from './pushes.ts';

export interface LineOptions {
  readonly webhookUrl: () => string;
  readonly token: string;
  readonly channelSecret: string;
  readonly host?: string;
  readonly port?: number;
  readonly now?: () => number;
  readonly pauseMs?: number;
  /** When customers look at what comes, and their phones fetch its file. Default: at once, before the push is answered. */
  readonly opens?: 'at once' | 'later';
}

const loading = z.strictObject({
  chatId: z.string().regex(/^U[0-9a-f]{32}$/u),
  loadingSeconds: z.number().int().min(5).max(60).multipleOf(5).optional(),
});
const marking = z.strictObject({ markAsReadToken: z.string().min(1) });
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

export function lineSignature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

export async function startLine(options: LineOptions): Promise<LineSimulator> {
  const made: { sim?: LineSimulator } = {};
  const at = { ...(options.host && { host: options.host }), ...(options.port && { port: options.port }) };
  const api = await jsonServer((asked) => made.sim?.answer(asked), at);
  const data = await jsonServer((asked) => made.sim?.content(asked));
  made.sim = new LineSimulator(options, { api, data });
  return made.sim;
}

export class LineSimulator implements AsyncDisposable {
  /** The bot's own user id: `destination` of every webhook. */
  readonly destination = 'U0000000000000000000000000000beef';
  readonly calls: WebhookCalls;
  readonly pushed: Pushed[] = [];
  readonly loading: string[] = [];
  /** Messages up to which the customer sees that they were read; only where Chat is on. */
  readonly read: string[] = [];
  /** Contents of messages, by their id. */
  readonly contents = new Map<string, Buffer>();
  /** What people are called who let be known what they are called, and whose profiles were asked for. */
  readonly names = new Map<string, string>();
  readonly profilesAsked: string[] = [];
  /** People who blocked the account, and whether the month's quota is used up. */
  readonly blocked = new Set<string>();
  quotaIsOver = false;
  answers = true;
  newest = '';
  readonly #options: LineOptions;
  readonly #servers: { readonly api: JsonServer; readonly data: JsonServer };
  readonly #keys = new Map<string, readonly Pushed[]>();
  #ids = 444_573_844_083_600n;

  constructor(options: LineOptions, servers: { readonly api: JsonServer; readonly data: JsonServer }) {
    this.#options = options;
    this.#servers = servers;
    this.calls = new WebhookCalls({
      url: options.webhookUrl,
      pauseMs: options.pauseMs ?? 5,
      sign: (body) => ({
        'x-line-signature': lineSignature(body, options.channelSecret),
        'user-agent': 'LineBotWebhook/2.0',
      }),
    });
  }

  get url(): string {
    return this.#servers.api.url;
  }

  get dataUrl(): string {
    return this.#servers.data.url;
  }

  answer({ route, request, body }: Asked): Promise<Said | undefined> | Said | undefined {
    if (!this.#isAuthorised(request.headers.authorization)) {
      return {
        status: 401,
        body: { message: 'Authentication failed. Confirm that the access token in the authorization header is valid.' },
      };
    }
    if (route === 'GET /v2/bot/info') return { status: 200, body: { userId: this.destination, displayName: 'Acme' } };
    if (route.startsWith('GET /v2/bot/profile/')) return this.#profile(route.slice('GET /v2/bot/profile/'.length));
    if (request.headers['content-type'] !== 'application/json') return { status: 415, body: { message: 'not JSON' } };
    if (route === 'POST /v2/bot/message/push') return this.#push(body, request.headers['x-line-retry-key']);
    if (route === 'POST /v2/bot/chat/markAsRead') return this.#markAsRead(body);
    if (route !== 'POST /v2/bot/chat/loading/start') return { status: 404, body: { message: 'Not found' } };
    const read = loading.safeParse(JSON.parse(body.toString('utf8')));
    if (!read.success) return { status: 400, body: { message: 'The request body has errors.' } };
    this.loading.push(read.data.chatId);
    return { status: 202 };
  }

  content({ route, request }: Asked): Said {
    if (!this.#isAuthorised(request.headers.authorization)) return { status: 401 };
    const id = /^GET \/v2\/bot\/message\/(\d+)\/content$/u.exec(route)?.[1];
    const bytes = this.contents.get(id ?? '');
    return bytes === undefined ? { status: 404, body: { message: 'Not found' } } : { status: 200, bytes };
  }

  /** One event of a user's; resolves when it was answered with 200 or LINE has given up. */
  event(userId: string, event: Readonly<Record<string, unknown>>, group?: string): Promise<boolean> {
    return this.calls.callWith(userId, this.#body([this.item(userId, event, group)]));
  }

  events(items: readonly object[]): Promise<boolean> {
    return this.calls.callWith('batch', this.#body(items));
  }

  item(userId: string, event: Readonly<Record<string, unknown>>, group?: string): object {
    return {
      ...{
        mode: 'active',
        timestamp: this.#now(),
        webhookEventId: `01${randomUUID().replaceAll('-', '').slice(0, 24).toUpperCase()}`,
      },
      source: sourceOf(userId, group),
      ...event,
    };
  }

  message(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    this.#ids += 1n;
    this.newest = String(this.#ids);
    const { type } = message;
    const quoted = quotable.has(String(type)) ? { quoteToken: quoteTokenOf(this.newest) } : {};
    const tokens = { ...quoted, markAsReadToken: `read-${this.newest}` };
    const replyToken = randomUUID().replaceAll('-', '');
    return { type: 'message', replyToken, message: { id: this.newest, ...tokens, ...message } };
  }

  writes(userId: string, text: string, more: object = {}): Promise<boolean> {
    return this.event(userId, this.message({ type: 'text', text, ...more }));
  }

  cut(): void {
    this.answers = true;
    this.#servers.api.cut();
    this.#servers.data.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls.giveUp();
    await this.calls.idle();
    await this.#servers.api[Symbol.asyncDispose]();
    await this.#servers.data[Symbol.asyncDispose]();
  }

  #body(items: readonly object[]): (tries: number) => string {
    const { destination } = this;
    return (tries) => {
      const events = items.map((item) => ({ ...item, deliveryContext: { isRedelivery: tries > 0 } }));
      return JSON.stringify({ destination, events });
    };
  }

  async #push(body: Buffer, header: string | string[] | undefined): Promise<Said | undefined> {
    const key = typeof header === 'string' ? header : undefined;
    const wrong = this.#refusal(body, key);
    if (wrong !== undefined) return wrong;
    const { to, messages } = push.parse(JSON.parse(body.toString('utf8')));
    const sent: Pushed[] = [];
    for (const message of messages) {
      this.#ids += 1n;
      sent.push(await shownOf(message, { id: String(this.#ids), to }, quotedBy, this.#options.opens));
    }
    // To who blocked the account nothing is delivered, and the answer does not say so.
    if (!this.blocked.has(to)) this.pushed.push(...sent);
    if (key !== undefined) this.#keys.set(key, sent);
    return this.answers ? { status: 200, body: { sentMessages: sent.map(sentOf) } } : undefined;
  }

  /** "Get profile": 404 of who did not consent, blocked the account or never wrote to it. */
  #profile(userId: string): Said | undefined {
    if (!/^U[0-9a-f]{32}$/u.test(userId)) return { status: 400, body: { message: 'The value for userId is invalid' } };
    this.profilesAsked.push(userId);
    const displayName = this.names.get(userId);
    if (!this.answers) return undefined;
    if (displayName === undefined || this.blocked.has(userId)) return { status: 404, body: { message: 'Not found' } };
    return { status: 200, body: { displayName, userId, language: 'en', statusMessage: 'Hello, LINE!' } };
  }

  #markAsRead(body: Buffer): Said {
    const token = marking.safeParse(JSON.parse(body.toString('utf8'))).data?.markAsReadToken ?? '';
    const id = /^read-(\d+)$/u.exec(token)?.[1];
    if (id === undefined) return { status: 400, body: { message: 'The markAsReadToken is invalid' } };
    this.read.push(id);
    return { status: 200 };
  }

  #refusal(body: Buffer, key: string | undefined): Said | undefined {
    if (key !== undefined && !uuid.test(key)) return { status: 400, body: { message: 'The retry key is invalid' } };
    const read = push.safeParse(JSON.parse(body.toString('utf8')));
    if (!read.success) {
      const property = read.error.issues[0]?.path.join('.') ?? '';
      return { status: 400, body: { message: `The property, '${property}', in the request body is invalid` } };
    }
    if (
      read.data.messages.some((one) => 'quoteToken' in one && quotedBy(one.quoteToken ?? 'yHAz4Ua2wx7-0') === undefined)
    ) {
      return { status: 400, body: { message: 'The quote token is invalid' } };
    }
    const before = key === undefined ? undefined : this.#keys.get(key);
    if (before !== undefined) {
      return { status: 409, body: { message: 'The retry key is already accepted', sentMessages: before.map(sentOf) } };
    }
    return this.quotaIsOver ? { status: 429, body: { message: 'You have reached your monthly limit.' } } : undefined;
  }

  #isAuthorised(authorization: string | undefined): boolean {
    return authorization === `Bearer ${this.#options.token}`;
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

/** Of the others nothing can be quoted. */
const quotable: ReadonlySet<string> = new Set(['text', 'sticker', 'image', 'video']);

function quoteTokenOf(id: string): string {
  return `yHAz4Ua2wx7-${id}`;
}

function quotedBy(token: string): string | undefined {
  return /^yHAz4Ua2wx7-(\d+)$/u.exec(token)?.[1];
}

function sentOf({ id }: Pushed): object {
  return { id, quoteToken: quoteTokenOf(id) };
}

/** A group, or a chat of several people from before they were groups: `R...` ("Group chats and multi-person chats"). */
function sourceOf(userId: string, group: string | undefined): object {
  if (group === undefined) return { type: 'user', userId };
  return group.startsWith('R') ? { type: 'room', roomId: group, userId } : { type: 'group', groupId: group, userId };
}
