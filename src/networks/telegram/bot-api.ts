/**
 * Telegram's Bot API over HTTPS (core.telegram.org/bots/api, "Making requests"). The token is part of every path, so no
 * path and no error of the fetch leaves this file uncleaned.
 */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { FetchFailed, type ApiFetch, type FetchAnswer, type FileForm } from '../../core/ports/safe-fetch.ts';

export type ApiAnswer =
  | { readonly is: 'ok'; readonly result: unknown; /** The whole answer as it came. */ readonly bytes: Uint8Array }
  /** Telegram understood and won't: nothing was done. */
  | {
      readonly is: 'refused';
      readonly code: number;
      /** Telegram's own words, without "Bad Request: " and the like before them. */
      readonly words: string;
      /** Telegram asks to wait so long. */
      readonly afterMs?: number;
      /** The group is a supergroup now, with this id. */
      readonly movedTo?: number;
      readonly bytes: Uint8Array;
    }
  /** Certainly not done. */
  | { readonly is: 'unsent'; readonly detail: string }
  /** May have been done. */
  | { readonly is: 'unclear'; readonly detail: string; readonly tooLarge?: boolean };

export interface CallOptions {
  readonly timeoutMs?: number;
  /** Of the answer. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export type Parameters = Readonly<Record<string, unknown>>;

const answerShape = z.object({
  ok: z.boolean(),
  result: z.unknown().optional(),
  error_code: z.int().optional(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.int().optional(), migrate_to_chat_id: z.int().optional() }).optional(),
});
type Answered = z.output<typeof answerShape>;

const ANSWER_BYTES = 1_000_000;
const LONGEST_WAIT_S = 86_400;
const WORDS_MOST = 200;

interface Given {
  readonly fetch: ApiFetch;
  readonly token: string;
  /** For an answer. */
  readonly timeoutMs: number;
  /** Aborted when no answer is waited for any more. */
  readonly cut: AbortSignal;
}

export class BotApi {
  readonly #fetch: ApiFetch;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #cut: AbortSignal;

  constructor({ fetch, token, timeoutMs, cut }: Given) {
    this.#fetch = fetch;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#cut = cut;
  }

  /** Never rejects. */
  call(method: string, parameters: Parameters, options: CallOptions = {}): Promise<ApiAnswer> {
    const headers = { 'content-type': 'application/json' };
    return this.#ask(method, { headers, body: JSON.stringify(parameters) }, options);
  }

  /** As `call`, as multipart/form-data with a file in it ("Sending files"): its field is the parameter it stands for. */
  upload(method: string, parameters: Parameters, file: FileForm['file']): Promise<ApiAnswer> {
    const fields: Record<string, string> = {};
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) fields[name] = typeof value === 'string' ? value : JSON.stringify(value);
    }
    return this.#ask(method, { body: { fields, file } }, { timeoutMs: this.#timeoutMs * 4 });
  }

  /** The bytes of a file that `getFile` told the path of. @throws FetchFailed without the token in it */
  async file(path: string, options: CallOptions): Promise<FetchAnswer> {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    try {
      return await this.#fetch(`/file/bot${this.#token}/${encoded}`, { timeoutMs: this.#timeoutMs * 4, ...options });
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      throw new FetchFailed(error.kind, this.#clean(error.detail));
    }
  }

  async #ask(
    method: string,
    wish: { readonly headers?: Readonly<Record<string, string>>; readonly body: string | FileForm },
    options: CallOptions,
  ): Promise<ApiAnswer> {
    const limits = { timeoutMs: this.#timeoutMs, maxBytes: ANSWER_BYTES, ...options };
    const signal = options.signal === undefined ? this.#cut : AbortSignal.any([this.#cut, options.signal]);
    try {
      const path = `/bot${this.#token}/${method}`;
      const answer = await this.#fetch(path, { method: 'POST', ...limits, ...wish, signal });
      return readAnswer(answer.status, await answer.bytes());
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      const detail = this.#clean(error.detail);
      if (error.kind === 'unsent' || error.kind === 'refused') return { is: 'unsent', detail };
      return { is: 'unclear', detail, ...(error.kind === 'too-large' ? { tooLarge: true } : {}) };
    }
  }

  #clean(detail: string): string {
    return detail.replaceAll(this.#token, '[token]').replaceAll(encodeURIComponent(this.#token), '[token]');
  }
}

function readAnswer(status: number, bytes: Uint8Array): ApiAnswer {
  const parsed = answerShape.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  const answered = parsed.success ? parsed.data : undefined;
  if (answered?.ok === true) return { is: 'ok', result: answered.result, bytes };
  const code = answered?.error_code ?? status;
  if (code >= 500) return { is: 'unclear', detail: `Telegram answered with an error of its own (${String(code)})` };
  if (code < 400) return { is: 'unclear', detail: 'an answer that can not be read' };
  return { is: 'refused', code, words: wordsOf(answered?.description, code), ...parametersOf(answered), bytes };
}

function parametersOf(answered: Answered | undefined): { readonly afterMs?: number; readonly movedTo?: number } {
  const { retry_after: seconds, migrate_to_chat_id: movedTo } = answered?.parameters ?? {};
  const wait = seconds === undefined ? {} : { afterMs: Math.min(Math.max(1, seconds), LONGEST_WAIT_S) * 1_000 };
  return { ...wait, ...(movedTo === undefined ? {} : { movedTo }) };
}

function wordsOf(description: string | undefined, code: number): string {
  const words = description?.replace(/^(?:Bad Request|Forbidden|Conflict|Unauthorized|Too Many Requests): /u, '');
  return (words ?? `HTTP ${String(code)}`).slice(0, WORDS_MOST);
}
