/** Messenger of a Page (developers.facebook.com, "Messenger Platform"): the Send API, and the webhook of the Page's inbox. */
import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { jsonServer, type Asked, type JsonServer, type Said } from '../json-server.ts';
import { isGoodLink, linkedFile } from '../linked-file.ts';
import { signatureOf, WebhookCalls } from '../webhook-calls.ts';

export interface MessengerOptions {
  readonly webhookUrl: () => string;
  readonly token: string;
  readonly appSecret: string;
  readonly host?: string;
  readonly port?: number;
  readonly now?: () => number;
  readonly pauseMs?: number;
}

const recipient = z.strictObject({ id: z.string().regex(/^\d{5,20}$/u) });
const mid = z.string().regex(/^m_\w+$/u);
const attachment = z.strictObject({
  type: z.enum(['image', 'video', 'audio', 'file']),
  payload: z.strictObject({ url: z.string().refine(isGoodLink), is_reusable: z.boolean().optional() }),
});
const sending = z.strictObject({
  recipient,
  messaging_type: z.literal('RESPONSE'),
  message: z.union([z.strictObject({ text: z.string().min(1).max(2_000) }), z.strictObject({ attachment })]),
  reply_to: z.strictObject({ mid }).optional(),
});
const action = z.discriminatedUnion('sender_action', [
  z.strictObject({ recipient, sender_action: z.enum(['typing_on', 'typing_off', 'mark_seen']) }),
  z.strictObject({
    recipient,
    sender_action: z.literal('react'),
    payload: z.strictObject({ message_id: mid, reaction: z.string().min(1).max(20) }),
  }),
  z.strictObject({ recipient, sender_action: z.literal('unreact'), payload: z.strictObject({ message_id: mid }) }),
]);
/** "Saving assets": up to 25 MB; the type of a sound must say that it is one. */
const mediaMost = 25 * 1_048_576;
const mediaTypes = { image: /^image\//u, video: /^video\//u, audio: /^audio\//u, file: /^[a-z]+\//u };
const dayMs = 86_400_000;

export interface Sent {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: number;
  readonly file?: string;
  readonly replyTo?: string;
}

export async function startMessenger(options: MessengerOptions): Promise<MessengerSimulator> {
  const made: { sim?: MessengerSimulator } = {};
  const at = { ...(options.host && { host: options.host }), ...(options.port && { port: options.port }) };
  const api = await jsonServer((asked) => made.sim?.answer(asked), at);
  const cdn = await jsonServer((asked) => made.sim?.file(asked));
  made.sim = new MessengerSimulator(options, { api, cdn });
  return made.sim;
}

export class MessengerSimulator implements AsyncDisposable {
  readonly page = '102030405060708';
  readonly calls: WebhookCalls;
  readonly sent: Sent[] = [];
  readonly actions: { readonly to: string; readonly what: string }[] = [];
  /** Ours on messages, by their ids: one each. */
  readonly reactions = new Map<string, string>();
  /** Files of messages, by name. */
  readonly files = new Map<string, Buffer>();
  /** First and last names of people whose profile may be read. */
  readonly names = new Map<string, readonly [first: string, last: string]>();
  answers = true;
  newest = '';
  readonly #windows = new Map<string, number>();
  readonly #options: MessengerOptions;
  readonly #servers: { readonly api: JsonServer; readonly cdn: JsonServer };

  constructor(options: MessengerOptions, servers: { readonly api: JsonServer; readonly cdn: JsonServer }) {
    this.#options = options;
    this.#servers = servers;
    this.calls = new WebhookCalls({
      url: options.webhookUrl,
      pauseMs: options.pauseMs ?? 5,
      sign: (body) => ({
        'x-hub-signature-256': signatureOf(body, options.appSecret),
        'x-hub-signature': sha1(body, options.appSecret),
      }),
    });
  }

  get url(): string {
    return this.#servers.api.url;
  }

  get cdnUrl(): string {
    return this.#servers.cdn.url;
  }

  answer({ route, url, request, body }: Asked): Promise<Said | undefined> | Said | undefined {
    if (request.headers.authorization !== `Bearer ${this.#options.token}`)
      return fault(190, 'Invalid OAuth access token.', { status: 401 });
    if (route === 'GET /v24.0/me') return { status: 200, body: { id: this.page } };
    if (/^GET \/v24\.0\/\d{5,20}$/u.test(route)) return this.#profile(url);
    if (route !== 'POST /v24.0/me/messages') return fault(2635, 'You are calling a deprecated version of the API');
    const given: unknown = JSON.parse(body.toString('utf8'));
    const acted = action.safeParse(given);
    if (acted.success) {
      const to = acted.data.recipient.id;
      this.actions.push({ to, what: acted.data.sender_action });
      if (acted.data.sender_action === 'react')
        this.reactions.set(acted.data.payload.message_id, acted.data.payload.reaction);
      if (acted.data.sender_action === 'unreact') this.reactions.delete(acted.data.payload.message_id);
      return { status: 200, body: { recipient_id: to } };
    }
    return this.#send(given);
  }

  file({ url }: Asked): Said {
    const bytes = this.files.get(url.pathname.slice(1));
    return bytes === undefined ? { status: 404 } : { status: 200, bytes };
  }

  /** One `messaging[]` item of a person's. */
  event(psid: string, event: Readonly<Record<string, unknown>>): Promise<boolean> {
    return this.calls.call(psid, this.payload([this.item(psid, event)]));
  }

  item(psid: string, event: Readonly<Record<string, unknown>>): object {
    return { sender: { id: psid }, recipient: { id: this.page }, timestamp: this.#now(), ...event };
  }

  writes(psid: string, text: string, more: object = {}): Promise<boolean> {
    return this.event(psid, this.message(psid, { text, ...more }));
  }

  message(psid: string, message: object): Readonly<Record<string, unknown>> {
    this.wrote(psid);
    this.newest = `m_${randomUUID().replaceAll('-', '')}`;
    return { message: { mid: this.newest, ...message } };
  }

  wrote(psid: string, at = this.#now()): void {
    this.#windows.set(psid, at);
  }

  payload(messaging: readonly unknown[]): object {
    return { object: 'page', entry: [{ id: this.page, time: this.#now(), messaging }] };
  }

  cut(): void {
    this.answers = true;
    this.#servers.api.cut();
    this.#servers.cdn.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls.giveUp();
    await this.calls.idle();
    await this.#servers.api[Symbol.asyncDispose]();
    await this.#servers.cdn[Symbol.asyncDispose]();
  }

  async #send(given: unknown): Promise<Said | undefined> {
    const read = sending.safeParse(given);
    if (!read.success) return fault(100, `Invalid parameter: ${read.error.issues[0]?.path.join('.') ?? ''}`);
    const to = read.data.recipient.id;
    const last = this.#windows.get(to);
    if (last === undefined) return fault(100, 'No matching user found', { subcode: 2_018_001 });
    if (this.#now() - last >= dayMs) {
      return fault(10, 'This message is sent outside of allowed window.', { subcode: 2_018_278 });
    }
    const file = await fileOf(read.data);
    if (file === 'unfetched') return fault(100, 'Upload attachment failure.', { subcode: 2_018_047 });
    const id = `m_${randomUUID().replaceAll('-', '')}`;
    this.sent.push({ id, to, at: this.#now(), ...file, ...wordsOf(read.data) });
    return this.answers ? { status: 200, body: { recipient_id: to, message_id: id } } : undefined;
  }

  /** "User Profile API": the fields that were asked for, and the id. */
  #profile({ pathname, searchParams }: URL): Said {
    const psid = pathname.split('/').at(-1) ?? '';
    const name = this.names.get(psid);
    if (name === undefined) return fault(100, 'No profile available for this user.', { subcode: 2_018_218 });
    const all = { first_name: name[0], last_name: name[1], name: name.join(' ') };
    const fields = searchParams.get('fields')?.split(',') ?? [];
    return { status: 200, body: { ...only(all, fields), id: psid } };
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

function only(all: Readonly<Record<string, string>>, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name)));
}

type Sending = z.output<typeof sending>;

function wordsOf({ message, reply_to: reply }: Sending): Pick<Sent, 'text' | 'replyTo'> {
  const text = 'text' in message ? message.text : '';
  return reply === undefined ? { text } : { text, replyTo: reply.mid };
}

/** Meta fetches it while it answers. */
async function fileOf({ message }: Sending): Promise<Pick<Sent, 'file'> | 'unfetched'> {
  if ('text' in message) return {};
  const { type, payload } = message.attachment;
  const file = await linkedFile(payload.url, mediaTypes[type], mediaMost);
  return file === undefined ? 'unfetched' : { file: file.sha256 };
}

function fault(
  code: number,
  message: string,
  more: { readonly status?: number; readonly subcode?: number } = {},
): Said {
  const error = { message: `(#${String(code)}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'BLBz/WZt8dN' };
  return {
    status: more.status ?? 400,
    body: { error: { ...error, ...(more.subcode && { error_subcode: more.subcode }) } },
  };
}

function sha1(body: string, secret: string): string {
  return `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`;
}
