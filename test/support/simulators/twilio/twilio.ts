/**
 * Twilio, simulated after its published API (twilio.com/docs/messaging/api): basic authentication, form encoding, its
 * error codes, the list with its pages, media behind a login and a redirect to another host, webhooks signed by
 * Twilio's own code, each made once: what fails is not repeated.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { systemClock } from '../../../../src/core/clock.ts';
import { dayOf, mediaListOf, newSid, resourceOf, type SimMedia, type SimMessage } from './messages.ts';
import { pairKey, refusalOf, type Refusal } from './refusals.ts';

export interface TwilioOptions {
  /** Where the console says that messages are told: `A message comes in`. */
  readonly webhookUrl: string;
  readonly webhookMethod?: 'POST' | 'GET';
  readonly accountSid?: string;
  readonly authToken?: string;
  readonly apiKey?: { readonly sid: string; readonly secret: string };
  /** In E.164. */
  readonly numbers?: readonly string[];
  readonly messagingServices?: readonly string[];
  /** "HTTP Basic Authentication for media access". Default on. */
  readonly mediaLogin?: boolean;
  readonly host?: string;
  readonly port?: number;
}

export interface CustomerFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface SimCall {
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Shown in a console, never a real one's. */
export const simAccount = {
  sid: `AC${'0123456789abcdef'.repeat(2)}`,
  token: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  apiKey: { sid: `SK${'fedcba9876543210'.repeat(2)}`, secret: 'simulated-api-secret' },
  number: '+12025550100',
  service: 'MG00112233445566778899aabbccddeeff',
} as const;

const MEDIA_TYPES =
  /^(?:image\/(?:jpeg|jpg|png|gif|bmp|tiff|webp|heic|heif)|video\/|audio\/|text\/|application\/(?:pdf|vcard|vnd\.apple\.pkpass))/u;
const MEDIA_BYTES = 5_000_000;
const WEBHOOK_MS = 15_000;

export class TwilioSimulator implements AsyncDisposable {
  readonly messages: SimMessage[] = [];
  readonly optedOut = new Set<string>();
  /** Requests to send that were refused. */
  readonly refused: Refusal[] = [];
  /** Webhooks that failed, as the console's debugger lists them. */
  readonly failedCalls: string[] = [];
  /** Authorization headers that reached the file host: there must be none. */
  readonly leaked: string[] = [];
  url = '';
  filesUrl = '';
  /** Requests that are taken and never answered. */
  silent = false;
  /** With this status sends are answered that were taken. */
  breaksWith: number | undefined;
  /** Requests that are refused so, one after another. */
  readonly next: { readonly status: number; readonly code?: number; readonly retryAfter?: number }[] = [];
  /** Requests to the API, newest last: `POST /2010-04-01/...`. */
  readonly asked: string[] = [];
  readonly #options: Required<Omit<TwilioOptions, 'host' | 'port'>>;
  readonly #api: Server;
  readonly #files: Server;
  readonly #customers = new Map<string, Promise<boolean>>();
  #newest: SimCall | undefined;

  constructor(options: TwilioOptions) {
    this.#options = {
      webhookMethod: 'POST',
      accountSid: simAccount.sid,
      authToken: simAccount.token,
      apiKey: simAccount.apiKey,
      numbers: [simAccount.number],
      messagingServices: [simAccount.service],
      mediaLogin: true,
      ...options,
    };
    this.#api = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#files = createServer((request, response) => {
      this.#giveFile(request, response);
    });
  }

  async listen({ host = '127.0.0.1', port = 0 }: Pick<TwilioOptions, 'host' | 'port'> = {}): Promise<void> {
    this.url = await listening(this.#api, host, port);
    this.filesUrl = await listening(this.#files, host, 0);
  }

  /** A person writes to one of the numbers; true when the webhook was answered 2xx. */
  customerWrites(text: string, more: CustomerMessage = {}): Promise<boolean> {
    const { from = '+12025550199', to = simAccount.number, files = [], params = {} } = more;
    const media = files.map(({ type, bytes }): SimMedia => ({ sid: newSid('ME'), type, bytes }));
    const message: SimMessage = {
      ...{ sid: newSid(media.length > 0 ? 'MM' : 'SM'), direction: 'inbound', from, to, body: text, media },
      ...{ at: systemClock.now(), status: 'received' },
    };
    this.messages.push(message);
    const optOut = this.#noteOptOut(message);
    return this.#inTurn(from, () => this.call({ ...this.#inboundForm(message), ...optOut, ...params }));
  }

  /** The same webhook again, as somebody who recorded it could send it. */
  repeats(): Promise<boolean> {
    if (this.#newest === undefined) throw new Error('nothing was handed over yet');
    return this.post(this.#newest);
  }

  /** A webhook with any parameters, signed. */
  async call(fields: Fields, url = this.#options.webhookUrl): Promise<boolean> {
    const made = this.signed(fields, url);
    this.#newest = made;
    return this.post(made);
  }

  /** Signed by Twilio's own code. */
  signed(fields: Fields, url = this.#options.webhookUrl, token = this.#options.authToken): SimCall {
    const form = new URLSearchParams();
    for (const [key, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(key, one);
    const agent = { 'user-agent': 'TwilioProxy/1.1', 'i-twilio-idempotency-token': newSid('') };
    if (this.#options.webhookMethod === 'GET' && url === this.#options.webhookUrl) {
      const full = `${url}?${form.toString()}`;
      const signature = getExpectedTwilioSignature(token, full, {});
      return { url: full, method: 'GET', headers: { ...agent, 'x-twilio-signature': signature }, body: '' };
    }
    const params = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value]));
    const signature = getExpectedTwilioSignature(token, url, params);
    const headers = {
      ...agent,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': signature,
    };
    return { url, method: 'POST', headers, body: form.toString() };
  }

  /** A JSON body, vouched for by its hash in the URL. */
  signedJson(body: string, url = this.#options.webhookUrl): SimCall {
    const full = `${url}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const signature = getExpectedTwilioSignature(this.#options.authToken, full, {});
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature };
    return { url: full, method: 'POST', headers, body };
  }

  /** Made once; what isn't answered in time, or not by 2xx, is only written down. */
  async post({ url, method, headers, body }: SimCall): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(WEBHOOK_MS);
      const response = await fetch(url, { method, headers, body: method === 'GET' ? null : body, signal });
      const answer = await response.text();
      const type = response.headers.get('content-type') ?? '';
      if (!response.ok) this.failedCalls.push(`11200: HTTP ${String(response.status)}`);
      else if (answer !== '' && !/^(?:text|application)\/xml/u.test(type)) this.failedCalls.push('12300: content type');
      return response.ok;
    } catch {
      this.failedCalls.push('11205: HTTP connection failure');
      return false;
    }
  }

  /** How far a message of ours got, told to its StatusCallback. */
  async becomes(sid: string, status: string, errorCode?: number): Promise<boolean> {
    const message = this.messages.find((one) => one.sid === sid);
    if (message?.statusCallback === undefined) throw new Error(`no message ${sid} with a StatusCallback`);
    message.status = status;
    if (errorCode !== undefined) message.errorCode = errorCode;
    return this.call(this.#statusForm(message, status, errorCode), message.statusCallback);
  }

  /** Texts that were taken from us, in order. */
  get sent(): readonly SimMessage[] {
    return this.messages.filter(({ direction }) => direction === 'outbound-api');
  }

  /** Answers that are held back are lost. */
  cut(): void {
    this.silent = false;
    this.#api.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#api, this.#files]) {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    }
  }

  #inTurn(customer: string, act: () => Promise<boolean>): Promise<boolean> {
    const turn = (this.#customers.get(customer) ?? Promise.resolve(true)).then(act);
    this.#customers.set(customer, turn);
    return turn;
  }

  #inboundForm({ sid, from, to, body, media }: SimMessage): Fields {
    const base = `${this.url}/2010-04-01/Accounts/${this.#options.accountSid}/Messages/${sid}/Media`;
    const files = media.flatMap((one, i): [string, string][] => [
      [`MediaUrl${String(i)}`, `${base}/${one.sid}`],
      [`MediaContentType${String(i)}`, one.type],
    ]);
    return {
      ...{ ToCountry: 'US', ToState: 'DC', SmsMessageSid: sid, NumMedia: String(media.length), ToCity: '' },
      ...{ FromZip: '', SmsSid: sid, FromState: 'DC', SmsStatus: 'received', FromCity: '', Body: body },
      ...{ FromCountry: 'US', To: to, ToZip: '', NumSegments: '1', MessageSid: sid },
      ...{ AccountSid: this.#options.accountSid, From: from, ApiVersion: '2010-04-01' },
      ...Object.fromEntries(files),
    };
  }

  #statusForm({ sid, from, to }: SimMessage, status: string, errorCode: number | undefined): Fields {
    return {
      ...{ SmsSid: sid, SmsStatus: status, MessageStatus: status, To: to, MessageSid: sid },
      ...{ AccountSid: this.#options.accountSid, From: from, ApiVersion: '2010-04-01' },
      ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
    };
  }

  /** Advanced opt-out: Twilio keeps the word, answers it, and tells. */
  #noteOptOut({ from, to, body }: SimMessage): Fields {
    const word = body.trim().toUpperCase();
    const pair = pairKey(from, to);
    if (['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'].includes(word)) {
      this.optedOut.add(pair);
      return { OptOutType: 'STOP' };
    }
    if (['START', 'UNSTOP'].includes(word)) {
      this.optedOut.delete(pair);
      return { OptOutType: 'START' };
    }
    return word === 'HELP' || word === 'INFO' ? { OptOutType: 'HELP' } : {};
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/' } = request;
    this.asked.push(`${method} ${target}`);
    const body = await bodyOf(request);
    const made = this.next.shift();
    if (made !== undefined) {
      const after = made.retryAfter === undefined ? {} : { 'retry-after': String(made.retryAfter) };
      refuse(response, { status: made.status, code: made.code ?? made.status, message: 'as told' }, after);
      return;
    }
    const url = new URL(target, this.url);
    if (method === 'GET' && /\/Media\/ME[0-9a-f]{32}$/u.test(url.pathname)) this.#giveMedia(url, request, response);
    else if (!this.#isLoggedIn(request)) refuse(response, { status: 401, code: 20003, message: 'Authenticate' });
    else await this.#route(url, { request, response, body });
  }

  async #route(url: URL, { request, response, body }: Asked): Promise<void> {
    const { pathname } = url;
    const messages = `/2010-04-01/Accounts/${this.#options.accountSid}/Messages`;
    if (!pathname.startsWith(messages)) refuse(response, notFound(pathname));
    else if (request.method === 'GET') this.#read(url, response);
    else if (request.method === 'POST' && pathname === `${messages}.json`) await this.#create(request, body, response);
    else refuse(response, { status: 405, code: 20004, message: 'Method not allowed' });
  }

  #isLoggedIn({ headers }: IncomingMessage): boolean {
    const { accountSid, authToken, apiKey } = this.#options;
    const logins = [`${accountSid}:${authToken}`, `${apiKey.sid}:${apiKey.secret}`];
    return logins.some((login) => headers.authorization === `Basic ${Buffer.from(login).toString('base64')}`);
  }

  async #create(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    if (request.headers['content-type']?.split(';')[0] !== 'application/x-www-form-urlencoded') {
      refuse(response, { status: 415, code: 20415, message: 'Content type not supported' });
      return;
    }
    const form = new URLSearchParams(body);
    const { accountSid: sid, numbers, messagingServices } = this.#options;
    const refusal = refusalOf(form, { sid, numbers, messagingServices, optedOut: this.optedOut });
    if (refusal !== undefined) {
      this.refused.push(refusal);
      refuse(response, refusal);
      return;
    }
    const message = await this.#messageOf(form);
    this.messages.push(message);
    if (this.silent) return;
    if (this.breaksWith !== undefined) refuse(response, { status: this.breaksWith, code: 20500, message: 'broke' });
    else answerJson(response, 201, { ...resourceOf(sid, message), status: message.status, date_sent: null });
  }

  async #messageOf(form: URLSearchParams): Promise<SimMessage> {
    const service = form.get('MessagingServiceSid');
    const callback = form.get('StatusCallback');
    const urls = form.getAll('MediaUrl');
    const fetched = await Promise.all(urls.map((url) => fetchMedia(url)));
    const media = fetched.filter((one): one is SimMedia => typeof one === 'object');
    const [errorCode] = fetched.filter((one) => typeof one === 'number');
    const taken = service === null ? 'queued' : 'accepted';
    return {
      ...{ sid: newSid(urls.length > 0 ? 'MM' : 'SM'), direction: 'outbound-api', media, at: systemClock.now() },
      ...this.#wordsOf(form),
      ...(callback === null ? {} : { statusCallback: callback }),
      ...(service === null ? {} : { messagingServiceSid: service }),
      ...(errorCode === undefined ? { status: taken } : { status: 'failed', errorCode }),
    };
  }

  #wordsOf(form: URLSearchParams): Pick<SimMessage, 'from' | 'to' | 'body'> {
    const [chosen = ''] = this.#options.numbers;
    return { from: form.get('From') ?? chosen, to: form.get('To') ?? '', body: form.get('Body') ?? '' };
  }

  #read(url: URL, response: ServerResponse): void {
    const { accountSid } = this.#options;
    const account = `/2010-04-01/Accounts/${accountSid}`;
    const rest = url.pathname.slice(`${account}/Messages`.length);
    if (rest === '.json') {
      this.#list(url, response);
      return;
    }
    const [, sid, media] = /^\/([A-Z]{2}[0-9a-f]{32})(\/Media)?\.json$/u.exec(rest) ?? [];
    const message = this.messages.find((one) => one.sid === sid);
    if (message === undefined) refuse(response, notFound(url.pathname));
    else
      answerJson(
        response,
        200,
        media === undefined ? resourceOf(accountSid, message) : mediaListOf(accountSid, message),
      );
  }

  #list(url: URL, response: ServerResponse): void {
    const query = url.searchParams;
    const slip = slipIn(query);
    if (slip !== undefined) {
      refuse(response, { status: 400, code: 20001, message: `Bad request: ${slip}` });
      return;
    }
    const size = Number(query.get('PageSize') ?? '50');
    const page = Number(query.get('Page') ?? '0');
    const all = this.messages.filter((one) => matches(one, query)).reverse();
    const end = Math.min(all.length, (page + 1) * size);
    const next = new URLSearchParams(query);
    next.set('Page', String(page + 1));
    next.set('PageToken', `PA${all[end - 1]?.sid ?? ''}`);
    answerJson(response, 200, {
      ...{ page, page_size: size, start: page * size, end: end - 1 },
      ...{ uri: url.pathname + url.search, previous_page_uri: null, first_page_uri: `${url.pathname}?PageSize=50` },
      next_page_uri: all.length > end ? `${url.pathname}?${next.toString()}` : null,
      messages: all.slice(page * size, end).map((one) => resourceOf(this.#options.accountSid, one)),
    });
  }

  #giveMedia(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const found = this.#mediaBy(url.pathname.split('/').at(-1));
    if (this.#options.mediaLogin && !this.#isLoggedIn(request)) {
      refuse(response, { status: 401, code: 20003, message: 'Authenticate' });
    } else if (found === undefined) refuse(response, notFound(url.pathname));
    else response.writeHead(307, { location: `${this.filesUrl}/${this.#options.accountSid}/${found.sid}` }).end();
  }

  /** Another host, which refuses a login that isn't its own, as S3 does. */
  #giveFile(request: IncomingMessage, response: ServerResponse): void {
    const { authorization } = request.headers;
    if (authorization !== undefined) this.leaked.push(authorization);
    const found = this.#mediaBy(request.url?.split('/').at(-1));
    if (authorization !== undefined || found === undefined) response.writeHead(found === undefined ? 404 : 400).end();
    else response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
  }

  #mediaBy(sid: string | undefined): SimMedia | undefined {
    return this.messages.flatMap(({ media }) => media).find((one) => one.sid === sid);
  }
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

export interface CustomerMessage {
  readonly from?: string;
  readonly to?: string;
  readonly files?: readonly CustomerFile[];
  /** Added to the form: RCS and WhatsApp fields, or ones that Twilio brings tomorrow. */
  readonly params?: Fields;
}

export async function startTwilio(options: TwilioOptions): Promise<TwilioSimulator> {
  const simulator = new TwilioSimulator(options);
  await simulator.listen(options);
  return simulator;
}

/** As Twilio validates a MediaUrl: HEAD, then GET; the header has to say what may be sent. An error code where it can't. */
async function fetchMedia(url: string): Promise<SimMedia | number> {
  for (const method of ['HEAD', 'GET'] as const) {
    const response = await fetch(url, { method, redirect: 'follow', signal: AbortSignal.timeout(WEBHOOK_MS) });
    const type = response.headers.get('content-type') ?? '';
    const bytes = Buffer.from(await response.arrayBuffer());
    if (!response.ok) return 11_200;
    if (!MEDIA_TYPES.test(type)) return 12_300;
    if (bytes.length > MEDIA_BYTES) return 11_751;
    if (method === 'GET') return { sid: newSid('ME'), type, bytes };
  }
  return 11_200;
}

function matches({ to, from, at }: SimMessage, query: URLSearchParams): boolean {
  const [wantedTo, wantedFrom, day] = [query.get('To'), query.get('From'), query.get('DateSent')];
  const since = query.get('DateSent>');
  const until = query.get('DateSent<');
  return (
    (wantedTo === null || wantedTo === to) &&
    (wantedFrom === null || wantedFrom === from) &&
    (day === null || day === dayOf(at)) &&
    (since === null || since <= dayOf(at)) &&
    (until === null || until >= dayOf(at))
  );
}

/** What Twilio would not understand in a question for its list. */
function slipIn(query: URLSearchParams): string | undefined {
  const known = /^(?:To|From|DateSent[<>]?|PageSize|Page|PageToken)$/u;
  const size = Number(query.get('PageSize') ?? '50');
  const day = query.get('DateSent') ?? '2026-01-01';
  if (!(size >= 1 && size <= 1_000)) return 'PageSize';
  return /^\d{4}-\d\d-\d\d$/u.test(day) ? [...query.keys()].find((key) => !known.test(key)) : 'DateSent';
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function notFound(path: string): Refusal {
  return { status: 404, code: 20404, message: `The requested resource ${path} was not found` };
}

function refuse(response: ServerResponse, { status, code, message }: Refusal, more: Record<string, string> = {}): void {
  const body = { code, message, more_info: `https://www.twilio.com/docs/errors/${String(code)}`, status };
  for (const [name, value] of Object.entries(more)) response.setHeader(name, value);
  answerJson(response, status, body);
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(body));
}

async function listening(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://${host}:${String(address.port)}`;
}
