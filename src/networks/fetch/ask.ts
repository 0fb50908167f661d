/** Puts one question on its way, over a dispatcher that knows where it goes. */
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { FetchWish } from '../../core/ports/safe-fetch.ts';
import { Answer } from './answer.ts';
import { Arrival } from './arrival.ts';
import { writeForm } from './file-form.ts';

const DEFAULT_BYTES = 1024 * 1024;
export const DEFAULT_MS = 30_000;

export interface Question {
  readonly over: Dispatcher;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** `host:port`, for people. */
  readonly where: string;
  readonly wish: FetchWish;
  readonly signal: AbortSignal;
  /** Nothing more comes, of an answer or instead of one. */
  readonly done: () => void;
}

export interface Asked {
  readonly answer: Answer;
  readonly arrival: Arrival;
}

/** @throws FetchFailed */
export async function ask({ over, origin, path, where, wish, signal, done }: Question): Promise<Asked> {
  const { method = 'GET', maxBytes = DEFAULT_BYTES } = wish;
  const { body, type } = await bodyOf(wish.body);
  const headers = { ...plainHeaders, ...type, ...lowered(wish.headers ?? {}) };
  const arrival = new Arrival(where, signal);
  arrival.whenOver(done);
  over.dispatch({ origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }, arrival);
  const head = await arrival.head;
  return { arrival, answer: new Answer(head, arrival, { where, bodiless: method === 'HEAD', maxBytes }) };
}

const plainHeaders = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Gatehouse' };

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

interface Body {
  readonly body: string | Uint8Array | Readable | null;
  readonly type: Readonly<Record<string, string>>;
}

/** A form is written out before it goes, so that its length is told: some providers refuse what has none. */
async function bodyOf(body: FetchWish['body']): Promise<Body> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
    return { body: body ?? null, type: {} };
  if ('file' in body) {
    const form = writeForm(body);
    return { body: form.body, type: form.headers };
  }
  const written = new Response(body);
  const type = written.headers.get('content-type') ?? 'multipart/form-data';
  return { body: new Uint8Array(await written.arrayBuffer()), type: { 'content-type': type } };
}
