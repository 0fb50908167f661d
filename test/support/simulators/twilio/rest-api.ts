/** The API's routes (twilio.com/docs/messaging/api): messages, their list and their media. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../../../src/core/clock.ts';
import { isLogin, type AccountSettings } from './account.ts';
import { answerJson, notFound, refuse } from './answers.ts';
import { fetchMedia } from './fetch-media.ts';
import { pageOf } from './list.ts';
import { mediaListOf, newSid, resourceOf, type SimMedia, type SimMessage } from './messages.ts';
import { refusalOf, type Refusal } from './refusals.ts';

/** What the API has on record, and how it was told to behave. */
export interface ApiState {
  readonly messages: SimMessage[];
  readonly optedOut: ReadonlySet<string>;
  readonly refused: Refusal[];
  readonly leaked: string[];
  readonly asked: string[];
  readonly next: Misfortune[];
  readonly url: string;
  readonly filesUrl: string;
  readonly silent: boolean;
  readonly breaksWith: number | undefined;
}

/** A request that is refused so. */
export interface Misfortune {
  readonly status: number;
  readonly code?: number;
  readonly retryAfter?: number;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

export class RestApi {
  readonly #state: ApiState;
  readonly #settings: AccountSettings;

  constructor(state: ApiState, settings: AccountSettings) {
    this.#state = state;
    this.#settings = settings;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/' } = request;
    this.#state.asked.push(`${method} ${target}`);
    const body = await text(request);
    const made = this.#state.next.shift();
    if (made !== undefined) {
      const after = made.retryAfter === undefined ? {} : { 'retry-after': String(made.retryAfter) };
      refuse(response, { status: made.status, code: made.code ?? made.status, message: 'as told' }, after);
      return;
    }
    const url = new URL(target, this.#state.url);
    if (method === 'GET' && /\/Media\/ME[0-9a-f]{32}$/u.test(url.pathname)) this.#giveMedia(url, request, response);
    else if (!this.#isLoggedIn(request)) refuse(response, { status: 401, code: 20003, message: 'Authenticate' });
    else await this.#route(url, { request, response, body });
  }

  async #route(url: URL, { request, response, body }: Asked): Promise<void> {
    const { pathname } = url;
    const messages = `/2010-04-01/Accounts/${this.#settings.accountSid}/Messages`;
    if (!pathname.startsWith(messages)) refuse(response, notFound(pathname));
    else if (request.method === 'GET') this.#read(url, response);
    else if (request.method === 'POST' && pathname === `${messages}.json`) await this.#create(request, body, response);
    else refuse(response, { status: 405, code: 20004, message: 'Method not allowed' });
  }

  #isLoggedIn({ headers }: IncomingMessage): boolean {
    return isLogin(this.#settings, headers.authorization);
  }

  async #create(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    if (request.headers['content-type']?.split(';')[0] !== 'application/x-www-form-urlencoded') {
      refuse(response, { status: 415, code: 20415, message: 'Content type not supported' });
      return;
    }
    const form = new URLSearchParams(body);
    const { accountSid: sid, numbers, messagingServices } = this.#settings;
    const refusal = refusalOf(form, { sid, numbers, messagingServices, optedOut: this.#state.optedOut });
    if (refusal !== undefined) {
      this.#state.refused.push(refusal);
      refuse(response, refusal);
      return;
    }
    const message = await this.#messageOf(form);
    this.#state.messages.push(message);
    if (this.#state.silent) return;
    if (this.#state.breaksWith !== undefined)
      refuse(response, { status: this.#state.breaksWith, code: 20500, message: 'broke' });
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
    const [chosen = ''] = this.#settings.numbers;
    return { from: form.get('From') ?? chosen, to: form.get('To') ?? '', body: form.get('Body') ?? '' };
  }

  #read(url: URL, response: ServerResponse): void {
    const { accountSid } = this.#settings;
    const account = `/2010-04-01/Accounts/${accountSid}`;
    const rest = url.pathname.slice(`${account}/Messages`.length);
    if (rest === '.json') {
      this.#list(url, response);
      return;
    }
    const [, sid, media] = /^\/([A-Z]{2}[0-9a-f]{32})(\/Media)?\.json$/u.exec(rest) ?? [];
    const message = this.#state.messages.find((one) => one.sid === sid);
    if (message === undefined) refuse(response, notFound(url.pathname));
    else
      answerJson(
        response,
        200,
        media === undefined ? resourceOf(accountSid, message) : mediaListOf(accountSid, message),
      );
  }

  #list(url: URL, response: ServerResponse): void {
    const page = pageOf(this.#state.messages, url, this.#settings.accountSid);
    if (typeof page !== 'string') answerJson(response, 200, page);
    else refuse(response, { status: 400, code: 20001, message: `Bad request: ${page}` });
  }

  #giveMedia(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const found = this.#mediaBy(url.pathname.split('/').at(-1));
    if (this.#settings.mediaLogin && !this.#isLoggedIn(request)) {
      refuse(response, { status: 401, code: 20003, message: 'Authenticate' });
    } else if (found === undefined) refuse(response, notFound(url.pathname));
    else
      response.writeHead(307, { location: `${this.#state.filesUrl}/${this.#settings.accountSid}/${found.sid}` }).end();
  }

  /** Another host, which refuses a login that isn't its own, as S3 does. */
  giveFile(request: IncomingMessage, response: ServerResponse): void {
    const { authorization } = request.headers;
    if (authorization !== undefined) this.#state.leaked.push(authorization);
    const found = this.#mediaBy(request.url?.split('/').at(-1));
    if (authorization !== undefined || found === undefined) response.writeHead(found === undefined ? 404 : 400).end();
    else response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
  }

  #mediaBy(sid: string | undefined): SimMedia | undefined {
    return this.#state.messages.flatMap(({ media }) => media).find((one) => one.sid === sid);
  }
}
