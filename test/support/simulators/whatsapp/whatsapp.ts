/**
 * WhatsApp's Cloud API: Meta's Graph API on two loopback ports (files lie on another host than the API), and the webhook
 * that it calls. Driven by Meta's published payloads; customers are played by its methods.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { GraphApi, type GraphAccount, type StoredFile } from './graph-api.ts';
import { signatureOf, WebhookCalls } from '../webhook-calls.ts';

export interface WhatsAppOptions extends Partial<GraphAccount> {
  readonly webhookUrl: () => string;
  readonly appSecret: string;
  readonly host?: string;
  readonly port?: number;
  /** Milliseconds by Meta's clock. */
  readonly now?: () => number;
  readonly pauseMs?: number;
}

export interface Writer {
  /** Digits. */
  readonly phone?: string;
  readonly userId?: string;
  readonly name?: string;
}

export const defaultAccount: GraphAccount = {
  token: 'EAAJB-simulated-token',
  version: 'v24.0',
  businessAccountId: '102290129340398',
  phoneNumberIds: ['106540352242922'],
};

export async function startWhatsApp(options: WhatsAppOptions): Promise<WhatsAppSimulator> {
  const now = options.now ?? ((): number => Date.now());
  const { token, version, businessAccountId, phoneNumberIds } = { ...defaultAccount, ...options };
  const graph = new GraphApi({ token, version, businessAccountId, phoneNumberIds }, now);
  const api = createServer((request, response) => {
    graph.handle(request, response).catch(() => response.destroy());
  });
  const files = createServer((request, response) => {
    request.resume();
    graph.download(request, response);
  });
  const host = options.host ?? '127.0.0.1';
  const url = await listening(api, host, options.port ?? 0);
  graph.filesAt = await listening(files, host, 0);
  const calls = new WebhookCalls({
    url: options.webhookUrl,
    sign: (body) => ({ 'x-hub-signature-256': signatureOf(body, options.appSecret) }),
    pauseMs: options.pauseMs ?? 5,
  });
  return new WhatsAppSimulator({ graph, calls, servers: [api, files], url, now });
}

async function listening(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://${host}:${String(address.port)}`;
}

export class WhatsAppSimulator implements AsyncDisposable {
  readonly graph: GraphApi;
  readonly calls: WebhookCalls;
  /** Of the API. */
  readonly url: string;
  readonly #servers: readonly Server[];
  readonly #now: () => number;
  #messages = 0;
  #telling: Promise<unknown> = Promise.resolve();

  constructor(given: {
    graph: GraphApi;
    calls: WebhookCalls;
    servers: readonly Server[];
    url: string;
    now: () => number;
  }) {
    this.graph = given.graph;
    this.calls = given.calls;
    this.url = given.url;
    this.#servers = given.servers;
    this.#now = given.now;
    // "Sent" is told for whatever was taken.
    this.graph.onAccepted = ({ id }): void => {
      this.#telling = this.tells(id, 'sent');
    };
  }

  get line(): string {
    return this.graph.account.phoneNumberIds[0] ?? '';
  }

  /** The id of the newest message that anybody wrote to us. */
  newest = '';

  /** A message of any type; resolves when the webhook was answered with 200 or Meta has given up. */
  sends(writer: Writer, message: Readonly<Record<string, unknown>>): Promise<boolean> {
    return this.calls.call(keyOf(writer), this.payload([this.item(writer, message)], [writer]));
  }

  writes(writer: Writer, text: string): Promise<boolean> {
    return this.sends(writer, { type: 'text', text: { body: text } });
  }

  async sendsFile(writer: Writer, as: string, file: StoredFile & { readonly more?: object }): Promise<boolean> {
    const id = `${String(this.#now())}${String(this.graph.files.size)}`;
    this.graph.files.set(id, file);
    const sha256 = createHash('sha256').update(file.bytes).digest('base64');
    return this.sends(writer, { type: as, [as]: { mime_type: file.type, sha256, id, ...file.more } });
  }

  /** One `messages[]` item; its writer's window is open from then on. */
  item({ phone, userId }: Writer, message: Readonly<Record<string, unknown>>): object {
    this.#messages += 1;
    const id = `wamid.${Buffer.from(`${this.line}${String(this.#messages)}${randomUUID()}`).toString('base64')}`;
    this.newest = id;
    const group = message['group_id'];
    for (const person of [phone, userId, typeof group === 'string' ? group : undefined]) {
      if (person !== undefined) this.graph.wrote(this.line, person);
    }
    return {
      ...(phone === undefined ? {} : { from: phone }),
      ...(userId === undefined ? {} : { from_user_id: userId }),
      ...{ id, timestamp: String(Math.floor(this.#now() / 1_000)), ...message },
    };
  }

  /** What became of a message of ours. */
  async tells(id: string, status: string, more: object = {}): Promise<boolean> {
    const sent = this.graph.accepted.find((one) => one.id === id);
    if (sent === undefined) return false;
    const { body, to } = sent;
    const known = {
      ...{ id, status, timestamp: String(Math.floor(this.#now() / 1_000)) },
      ...(/^\d/u.test(to) ? { recipient_id: to } : { recipient_user_id: to }),
      ...(body.biz_opaque_callback_data === undefined
        ? {}
        : { biz_opaque_callback_data: body.biz_opaque_callback_data }),
    };
    return this.calls.call('statuses', this.change({ ...this.#product(), statuses: [{ ...known, ...more }] }));
  }

  payload(messages: readonly unknown[], writers: readonly Writer[]): object {
    const contacts = writers.map(({ phone, userId, name = 'Sheena Nelson' }) => ({
      profile: { name },
      ...(phone === undefined ? {} : { wa_id: phone }),
      ...(userId === undefined ? {} : { user_id: userId }),
    }));
    return this.change({ ...this.#product(), contacts, messages });
  }

  change(value: object, field = 'messages'): object {
    const entry = { id: this.graph.account.businessAccountId, changes: [{ value, field }] };
    return { object: 'whatsapp_business_account', entry: [entry] };
  }

  /** Whole texts that were taken, in order. */
  received(): readonly string[] {
    return this.graph.accepted.flatMap(({ body }) => (body.type === 'text' ? [body.text.body] : []));
  }

  /** Breaks every connection; from now on answers are given. */
  cut(): void {
    this.graph.answers = true;
    for (const server of this.#servers) server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.calls.giveUp();
    await this.#telling;
    await this.calls.idle();
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  #product(): object {
    const metadata = { display_phone_number: '15550783881', phone_number_id: this.line };
    return { messaging_product: 'whatsapp', metadata };
  }
}

function keyOf({ phone, userId }: Writer): string {
  return phone ?? userId ?? '';
}
