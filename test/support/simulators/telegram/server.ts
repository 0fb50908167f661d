/** The Bot API over HTTP: tokens, methods, forms, files; and what goes wrong when a test wants it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { acts, type ToldAct, type UploadedFile } from './methods.ts';
import { formParts, type FormPart } from './multipart.ts';
import { methodNamed, readParameters, type Method, type Values } from './parameters.ts';
import { Refused } from './refused.ts';
import type { Updates } from './updates.ts';
import type { World } from './world.ts';

const BODY_MOST = 51 * 1024 * 1024;

export interface ServerOptions {
  readonly token: string;
  readonly world: World;
  readonly updates: Updates;
  /** As a server of one's own started with --local: webhooks without TLS. */
  readonly local: boolean;
  readonly host: string;
  readonly port: number;
  /** Hears of each call: the method, and whether it was refused. */
  readonly heard: (call: Heard) => void;
}

export interface Heard {
  readonly method: string;
  readonly values?: Values;
  readonly refused?: string;
}

interface Form {
  readonly values: Readonly<Record<string, unknown>>;
  readonly asText: boolean;
  readonly file: UploadedFile | undefined;
}

export class BotApiServer {
  readonly told: ToldAct[] = [];
  /** So many calls that send something are answered with 429. */
  throttled = { calls: 0, seconds: 1 };
  /** So many questions about accounts are answered with 500. */
  failing = 0;
  /** What sends is done and never answered. */
  losesAnswers = false;
  readonly #options: ServerOptions;
  readonly #server: Server;

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async listen(options: ServerOptions): Promise<BotApiServer> {
    const server = new BotApiServer(options);
    server.#server.listen(options.port, options.host);
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://${this.#options.host}:${String(address.port)}`;
  }

  /** Breaks every connection. */
  cut(): void {
    this.losesAnswers = false;
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    try {
      const [, file, token = '', rest = ''] = /^\/(file\/)?bot([^/]*)\/(.*)$/u.exec(request.url ?? '') ?? [];
      this.#checkToken(token);
      if (file !== undefined) this.#giveFile(rest, response);
      else await this.#call(rest.split('?')[0] ?? '', { request, body, response });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const parameters = error.parameters === undefined ? {} : { parameters: error.parameters };
      answer(response, error.code, { ok: false, error_code: error.code, description: error.message, ...parameters });
    }
  }

  /** Without the form of a token the real front answers as for an unknown page. */
  #checkToken(token: string): void {
    if (!/^\d+:[\w-]{20,}$/u.test(token)) throw new Refused(404, 'Not Found');
    if (token !== this.#options.token) throw new Refused(401, 'Unauthorized');
  }

  #giveFile(path: string, response: ServerResponse): void {
    const file = this.#options.world.files.get(decodeURIComponent(path).replace(/^files\//u, ''));
    if (file === undefined) throw new Refused(404, 'Not Found');
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes.length });
    response.end(file.bytes);
  }

  async #call(
    written: string,
    { request, body, response }: { request: IncomingMessage; body: Buffer | undefined; response: ServerResponse },
  ): Promise<void> {
    const method = methodNamed(written);
    const { heard } = this.#options;
    if (method === undefined) throw new Refused(404, 'Not Found: method not found');
    if (body === undefined) throw new Refused(413, 'Request Entity Too Large');
    try {
      const form = formOf(request, body);
      const values = readParameters(method, form.values, form.asText);
      heard({ method, values });
      await this.#answer(method, { values, file: form.file, response });
    } catch (error) {
      if (error instanceof Refused) heard({ method, refused: error.message });
      throw error;
    }
  }

  async #answer(
    method: Method,
    { values, file, response }: { values: Values; file: UploadedFile | undefined; response: ServerResponse },
  ): Promise<void> {
    const sends = method.startsWith('send') && method !== 'sendChatAction';
    this.#goWrong(method, sends);
    if (method === 'getUpdates') {
      const updates = await this.#poll(values, response);
      // Written as the real server does: an array of what was stored as text.
      const joined = updates.map((one) => one.toString('utf8')).join(',\n');
      raw(response, 200, `{"ok":true,"result":[${joined}]}`);
      return;
    }
    const result = this.#own(method, values) ?? acts[method]?.({ ...this.#options, values, file, told: this.told });
    if (sends && this.losesAnswers) return;
    answer(response, 200, { ok: true, result });
  }

  /** As a test wants it. */
  #goWrong(method: Method, sends: boolean): void {
    if (sends && this.throttled.calls > 0) {
      this.throttled.calls -= 1;
      const { seconds } = this.throttled;
      throw new Refused(429, `retry after ${String(seconds)}`, { retry_after: seconds });
    }
    if (method === 'getBusinessConnection' && this.failing > 0) {
      this.failing -= 1;
      throw new Refused(500, 'Internal Server Error');
    }
  }

  #poll(values: Values, response: ServerResponse): Promise<readonly Buffer[]> {
    const { updates } = this.#options;
    updates.allow(values.allowed_updates);
    const { offset, limit = 100, timeout: timeoutS = 0 } = values;
    return updates.ask({ offset, limit, timeoutS, left: once(response, 'close') });
  }

  /** About the bot itself and how it hears. */
  #own(method: Method, values: Values): unknown {
    const { world, updates } = this.#options;
    switch (method) {
      case 'getMe':
        return {
          ...world.bot,
          can_join_groups: true,
          can_read_all_group_messages: false,
          can_connect_to_business: true,
        };
      case 'setWebhook':
        return this.#setWebhook(values);
      case 'deleteWebhook':
        updates.setHook(undefined);
        return true;
      case 'getWebhookInfo': {
        const { hook, pending } = updates;
        const error = hook?.lastError;
        const last = error === undefined ? {} : { last_error_date: error.date, last_error_message: error.words };
        return { url: hook?.url ?? '', has_custom_certificate: false, pending_update_count: pending, ...last };
      }
      default:
        return undefined;
    }
  }

  #setWebhook({ url = '', secret_token: secret, allowed_updates: kinds }: Values): boolean {
    const { updates, local } = this.#options;
    if (url === '') {
      updates.setHook(undefined);
      return true;
    }
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed === undefined) throw new Refused(400, 'invalid webhook URL specified');
    if (!local) checkPublic(parsed);
    updates.allow(kinds);
    updates.setHook({ url, secret });
    return true;
  }
}

/** "setWebhook", notes. */
function checkPublic(url: URL): void {
  if (url.protocol !== 'https:') throw new Refused(400, 'bad webhook: An HTTPS URL must be provided for webhook');
  if (!['', '443', '80', '88', '8443'].includes(url.port)) {
    throw new Refused(400, 'bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    size += bytes.length;
    if (size <= BODY_MOST) pieces.push(bytes);
  }
  return size > BODY_MOST ? undefined : Buffer.concat(pieces);
}

/** "Making requests": a query, a form, JSON, or a form with files. */
function formOf(request: IncomingMessage, body: Buffer): Form {
  const type = request.headers['content-type'] ?? '';
  if (/^application\/json\b/iu.test(type)) {
    const values: unknown = JSON.parse(body.toString('utf8'));
    if (typeof values !== 'object' || values === null) throw new Refused(400, "can't parse JSON");
    return { values: Object.fromEntries(Object.entries(values)), asText: false, file: undefined };
  }
  if (/^multipart\/form-data\b/iu.test(type)) return fieldsOf(formParts(type, body));
  if (/^application\/x-www-form-urlencoded\b/iu.test(type)) {
    return { values: Object.fromEntries(new URLSearchParams(body.toString('utf8'))), asText: true, file: undefined };
  }
  if (body.length > 0) throw new Refused(400, 'the content type is none that is understood');
  const query = new URL(request.url ?? '', 'http://none').searchParams;
  return { values: Object.fromEntries(query), asText: true, file: undefined };
}

function fieldsOf(parts: readonly FormPart[] | undefined): Form {
  if (parts === undefined) throw new Refused(400, "can't parse the form");
  const values = parts
    .filter(({ name }) => name === undefined)
    .map(({ field, bytes }) => [field, bytes.toString('utf8')] as const);
  const [file] = parts.flatMap(({ field, name, type, bytes }) =>
    name === undefined ? [] : [{ field, name, type: type ?? 'application/octet-stream', bytes }],
  );
  return { values: Object.fromEntries(values), asText: true, file };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  raw(response, status, JSON.stringify(body));
}

function raw(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}
