/** Asks the Graph API, as the version of the config. */
import { z } from 'zod';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { ApiFetch, FetchAnswer, FetchWish } from '../../core/ports/safe-fetch.ts';
import { retryAfterMs } from '../retry-after.ts';
import { isPage, pageWords } from '../web-page.ts';
import type { WhatsAppConfig } from './config.ts';
import type { GraphError } from './errors.ts';

export type Answered =
  { readonly ok: true; readonly json: unknown } | { readonly ok: false; readonly error: GraphError };

const errorBody = z.object({
  error: z.object({
    code: z.number(),
    message: z.string().optional(),
    error_data: z.object({ details: z.string().optional() }).optional(),
  }),
});

export class Graph {
  readonly #ctx: ConnectorContext;
  readonly #config: WhatsAppConfig;
  readonly #api: ApiFetch;

  constructor(ctx: ConnectorContext, config: WhatsAppConfig) {
    this.#ctx = ctx;
    this.#config = config;
    this.#api = ctx.api(config.api);
  }

  /** `path` begins after the version. @throws FetchFailed */
  async ask(path: string, wish: FetchWish = {}): Promise<Answered> {
    const headers = { ...wish.headers, authorization: `Bearer ${this.#config.token}` };
    const answer = await this.#api(`/${this.#config.version}${path}`, { ...wish, headers });
    const json = await answer.json();
    if (isPage(answer))
      return { ok: false, error: { status: answer.status, words: pageWords('WhatsApp'), isOther: true } };
    return answer.status >= 200 && answer.status < 300
      ? { ok: true, json }
      : { ok: false, error: this.#errorOf(answer, json) };
  }

  /** @throws FetchFailed */
  post(path: string, body: object): Promise<Answered> {
    const headers = { 'content-type': 'application/json' };
    return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** The bytes at an address that Meta gave; undefined for one that lies elsewhere. @throws FetchFailed */
  async bytes(url: string, wish: FetchWish): Promise<FetchAnswer | undefined> {
    const { api, mediaOrigins, token } = this.#config;
    const at = URL.canParse(url) ? new URL(url) : undefined;
    if (at === undefined || ![api, ...mediaOrigins].includes(at.origin)) return undefined;
    const headers = { authorization: `Bearer ${token}` };
    return this.#ctx.api(at.origin)(`${at.pathname}${at.search}`, { ...wish, headers });
  }

  #errorOf(answer: FetchAnswer, json: unknown): GraphError {
    const read = errorBody.safeParse(json).data?.error;
    const after = retryAfterMs(answer.header('retry-after'), this.#ctx.clock.now());
    const words = read?.error_data?.details ?? read?.message ?? `HTTP ${answer.status}`;
    return {
      status: answer.status,
      words,
      ...(read === undefined ? {} : { code: read.code }),
      ...(after === undefined ? {} : { retryAfterMs: after }),
    };
  }
}
