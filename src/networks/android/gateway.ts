/** Requests to the gateway's API (docs.sms-gate.app, integration/api): the app's own server and the cloud's are alike. */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { parseMillis } from '../../core/ids.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import { FetchFailed, type ApiFetch, type FetchAnswer, type FetchWish } from '../../core/ports/safe-fetch.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { AndroidConfig } from './config.ts';

export interface GatewayAnswer {
  readonly status: number;
  readonly body: unknown;
  /** `X-Total-Count` of a list. */
  readonly total?: number;
  readonly afterMs?: number;
}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_at: z.string() });
/** All that the connector asks for; `mms` and texts are sent by the same right. */
const SCOPES = [
  ...['messages:send', 'messages:read', 'webhooks:list', 'webhooks:write', 'webhooks:delete'],
  ...['inbox:list', 'inbox:read', 'inbox:refresh'],
];
const TOKEN_S = 3_600;
const EARLY_MS = 60_000;
/** A page of five hundred texts. */
const LARGEST_BYTES = 8 * 1024 * 1024;

export class Gateway {
  readonly #fetch: ApiFetch;
  readonly #clock: ConnectorContext['clock'];
  readonly #base: string;
  readonly #basic: string;
  readonly #jwt: boolean;
  readonly #ending = new AbortController();
  #token: { readonly text: string; readonly until: number } | undefined;

  constructor(ctx: Pick<ConnectorContext, 'api' | 'clock'>, config: AndroidConfig) {
    const { origin, pathname } = new URL(config.url);
    this.#fetch = ctx.api(origin);
    this.#clock = ctx.clock;
    this.#base = pathname.replace(/\/+$/u, '');
    this.#basic = `Basic ${Buffer.from(`${config.username}:${config.password}`).toString('base64')}`;
    this.#jwt = config.login === 'jwt';
  }

  /** What is under way is given up; its outcome is unclear. */
  end(): void {
    this.#ending.abort();
  }

  /** @throws FetchFailed */
  get(path: string): Promise<GatewayAnswer> {
    return this.#asked(path, {});
  }

  /** @throws FetchFailed */
  post(path: string, body: object): Promise<GatewayAnswer> {
    const headers = { 'content-type': 'application/json' };
    return this.#asked(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** @throws FetchFailed */
  delete(path: string): Promise<GatewayAnswer> {
    return this.#asked(path, { method: 'DELETE' });
  }

  /** The answer as it comes. @throws FetchFailed */
  async file(path: string, maxBytes: number): Promise<FetchAnswer> {
    return this.#send(path, { maxBytes, timeoutMs: 120_000 }, await this.#login());
  }

  async #asked(path: string, wish: FetchWish): Promise<GatewayAnswer> {
    const sized = { maxBytes: LARGEST_BYTES, ...wish };
    const first = await this.#send(path, sized, await this.#login());
    if (first.status !== 401 || !this.#jwt) return this.#read(first);
    // The token was revoked before its time.
    this.#token = undefined;
    return this.#read(await this.#send(path, sized, await this.#login()));
  }

  #send(path: string, wish: FetchWish, login: string): Promise<FetchAnswer> {
    const headers = { ...wish.headers, authorization: login };
    return this.#fetch(this.#base + path, { ...wish, headers, signal: this.#ending.signal });
  }

  async #read(answer: FetchAnswer): Promise<GatewayAnswer> {
    const body = parseJson(Buffer.from(await answer.bytes()).toString('utf8'));
    const total = Number(answer.header('x-total-count') ?? NaN);
    const afterMs = retryAfterMs(answer.header('retry-after'), this.#clock.now());
    return {
      ...{ status: answer.status, body },
      ...(Number.isSafeInteger(total) ? { total } : {}),
      ...(afterMs === undefined ? {} : { afterMs }),
    };
  }

  async #login(): Promise<string> {
    if (!this.#jwt) return this.#basic;
    const now = this.#clock.now();
    if (this.#token === undefined || this.#token.until <= now + EARLY_MS) this.#token = await this.#newToken(now);
    return `Bearer ${this.#token.text}`;
  }

  async #newToken(now: number): Promise<{ readonly text: string; readonly until: number }> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ ttl: TOKEN_S, scopes: SCOPES });
    const answer = await this.#send('/auth/token', { method: 'POST', headers, body }, this.#basic);
    const token = tokenAnswer.safeParse((await this.#read(answer)).body).data;
    if (answer.status !== 201 || token === undefined) {
      // Certainly nothing was sent: without a token nothing is asked.
      throw new FetchFailed('unsent', `the gateway gives no token (${String(answer.status)})`);
    }
    const until = parseMillis(Date.parse(token.expires_at));
    return { text: token.access_token, until: until.ok ? until.value : now + TOKEN_S * 1_000 };
  }
}
