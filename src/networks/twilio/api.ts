/** Requests to Twilio's REST API, version 2010-04-01, and what its answers say. */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { ApiFetch, FetchAnswer, FetchWish } from '../../core/ports/safe-fetch.ts';
import { retryAfterMs } from '../retry-after.ts';
import { isPage } from '../web-page.ts';
import type { TwilioConfig } from './config.ts';

export interface ApiAnswer {
  readonly status: number;
  /** What came; undefined where it was no JSON. */
  readonly body: unknown;
  /** The body's bytes. */
  readonly raw: Uint8Array;
  /** Of an error: Twilio's code. */
  readonly code?: number;
  /** When Twilio wants to be asked again. */
  readonly afterMs?: number;
  /** Something that is not Twilio answered in its place. */
  readonly isPage?: true;
}

/** twilio.com/docs/usage/twilios-response, "Exceptions". */
const failure = z.object({ code: z.number().int() });

/** A page of a thousand messages of 1,600 characters, as JSON writes them. */
const LARGEST_BYTES = 16 * 1024 * 1024;
const SEND_MS = 30_000;

export class TwilioApi {
  readonly #fetch: ApiFetch;
  readonly #ctx: Pick<ConnectorContext, 'clock'>;
  readonly #login: string;
  readonly #ending = new AbortController();
  /** `/2010-04-01/Accounts/<account>`. */
  readonly account: string;

  constructor(ctx: Pick<ConnectorContext, 'api' | 'clock'>, config: TwilioConfig) {
    const { accountSid, authToken, apiKey, api } = config;
    this.#ctx = ctx;
    this.#fetch = ctx.api(api);
    const [name, word] = apiKey === undefined ? [accountSid, authToken] : [apiKey.sid, apiKey.secret];
    this.#login = `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}`;
    this.account = `/2010-04-01/Accounts/${accountSid}`;
  }

  /** What is under way is given up; its outcome is unclear. */
  end(): void {
    this.#ending.abort();
  }

  /** @throws FetchFailed */
  async get(path: string): Promise<ApiAnswer> {
    return this.#answerOf(await this.#ask(path, { maxBytes: LARGEST_BYTES }));
  }

  /** @throws FetchFailed */
  async post(path: string, form: URLSearchParams): Promise<ApiAnswer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const wish = { method: 'POST', headers, body: form.toString(), timeoutMs: SEND_MS } as const;
    return this.#answerOf(await this.#ask(path, wish));
  }

  /** The answer as it comes: a file, or where it lies. @throws FetchFailed */
  file(path: string, maxBytes: number): Promise<FetchAnswer> {
    return this.#ask(path, { maxBytes, timeoutMs: 120_000 });
  }

  #ask(path: string, wish: FetchWish): Promise<FetchAnswer> {
    const headers = { ...wish.headers, authorization: this.#login };
    return this.#fetch(path, { ...wish, headers, signal: this.#ending.signal });
  }

  async #answerOf(answer: FetchAnswer): Promise<ApiAnswer> {
    const raw = await answer.bytes();
    const body = parseJson(Buffer.from(raw).toString('utf8'));
    const code = answer.status < 400 ? undefined : failure.safeParse(body).data?.code;
    const afterMs = retryAfterMs(answer.header('retry-after'), this.#ctx.clock.now());
    return {
      ...{ status: answer.status, body, raw },
      ...(isPage(answer) ? { isPage: true } : {}),
      ...(code === undefined ? {} : { code }),
      ...(afterMs === undefined ? {} : { afterMs }),
    };
  }
}
