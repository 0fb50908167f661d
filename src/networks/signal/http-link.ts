/**
 * The daemon over HTTP: requests to `/api/v1/rpc`, what comes in from `/api/v1/events`. Newer daemons number their
 * events and keep the last 1,000 in memory: whoever names the last that is on record gets what followed it once more, so
 * that nothing is lost between the daemon's hand and the record. Older ones number nothing.
 *
 * The stream is asked for by `node:http`: it has no end, and must end when it is told to.
 */
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../../core/clock.ts';
import { parseJson } from '../../core/json.ts';
import { FetchFailed, type ApiFetch, type FetchWish } from '../../core/ports/safe-fetch.ts';
import type { Called, CallWish, DaemonHandlers, DaemonLink, Receiving, Refused } from './daemon.ts';
import { EventStream, type StreamEvent } from './event-stream.ts';
import { answerWithinMs, readAnswer, requestText } from './requests.ts';

/** signal-cli says something every 15 s; older ones say nothing before that. */
const silentForMs = 60_000;
const maxAnswer = 1_000_000;

interface Given {
  readonly origin: string;
  readonly api: ApiFetch;
  readonly clock: Clock;
  readonly handlers: DaemonHandlers;
}

export class HttpLink implements DaemonLink {
  readonly #given: Given;
  readonly #over = Promise.withResolvers<string>();
  readonly #closing = new AbortController();
  #streams = new AbortController();
  #reading: Promise<void>[] = [];
  #last = 0;
  readonly over: Promise<string>;

  constructor(given: Given) {
    this.#given = given;
    this.over = this.#over.promise.then(async (why) => {
      this.close();
      await Promise.all(this.#reading);
      return why;
    });
  }

  async call(method: string, params: object, wish: CallWish = {}): Promise<Called> {
    const { signal } = this.#closing;
    if (signal.aborted) return { kind: 'unsent', detail: 'signal-cli is not connected' };
    this.#last += 1;
    const body = requestText(method, params, String(this.#last));
    const { timeoutMs = answerWithinMs, maxBytes = maxAnswer } = wish;
    const headers = { 'Content-Type': 'application/json' };
    try {
      return await this.#answered({ method: 'POST', headers, body, timeoutMs, maxBytes, signal });
    } catch (error) {
      if (error instanceof FetchFailed) return failedCall(error);
      throw error;
    }
  }

  async #answered(wish: FetchWish): Promise<Called> {
    const answer = await this.#given.api('/api/v1/rpc', wish);
    const called = answer.status === 200 ? readAnswer(await answer.json()) : undefined;
    return called ?? { kind: 'unclear', detail: `signal-cli answered ${answer.status}` };
  }

  async receive(accounts: readonly Receiving[]): Promise<readonly Refused[]> {
    this.#streams = new AbortController();
    const opened = await Promise.all(accounts.map((one) => this.#open(one, this.#streams.signal)));
    return opened.flatMap((one) => (one === undefined ? [] : [one]));
  }

  async hold(): Promise<void> {
    this.#streams.abort();
    const reading = this.#reading;
    this.#reading = [];
    await Promise.all(reading);
  }

  close(): void {
    this.#closing.abort();
    this.#streams.abort();
    this.#over.resolve('closed');
  }

  async #open({ line, account }: Receiving, signal: AbortSignal): Promise<Refused | undefined> {
    const { origin, handlers } = this.#given;
    const url = new URL('/api/v1/events', origin);
    if (account !== undefined) url.searchParams.set('account', account);
    try {
      // Without it nothing is asked for: what was handed over and not recorded would not come once more.
      const last = await handlers.position(line);
      const headers = { Accept: 'text/event-stream', ...(last === undefined ? {} : { 'Last-Event-ID': last }) };
      const answer = await this.#ask(url, headers, signal);
      if (answer.statusCode !== 200) {
        answer.destroy();
        return { line, unknownAccount: answer.statusCode === 400 };
      }
      this.#reading.push(this.#read(answer, line, signal));
      return undefined;
    } catch {
      return { line, unknownAccount: false };
    }
  }

  async #ask(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<http.IncomingMessage> {
    const request = (url.protocol === 'https:' ? https : http).request(url, { headers, signal, agent: false });
    const cancel = this.#given.clock.after(silentForMs, () => request.destroy());
    try {
      request.end();
      const answered = Promise.withResolvers<http.IncomingMessage>();
      request.once('response', answered.resolve).on('error', answered.reject);
      return await answered.promise;
    } finally {
      cancel();
    }
  }

  async #read(answer: http.IncomingMessage, line: string, signal: AbortSignal): Promise<void> {
    const { handlers, clock } = this.#given;
    const stream = new EventStream();
    let quiet = clock.after(silentForMs, () => answer.destroy());
    try {
      for await (const chunk of answer) {
        quiet();
        for (const event of stream.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)))) {
          this.#take(event, line);
        }
        await handlers.room();
        quiet = clock.after(silentForMs, () => answer.destroy());
      }
    } catch {
      // Broken off: said below, as for one that ended.
    } finally {
      quiet();
      answer.destroy();
    }
    if (!signal.aborted) this.#over.resolve('signal-cli closed the stream of messages');
  }

  #take({ id, type, data, cut }: StreamEvent, line: string): void {
    if (type !== 'receive') return;
    const params = cut ? undefined : parseJson(data.toString('utf8'));
    this.#given.handlers.notice({ raw: data, params, line, position: id, unasked: false });
  }
}

function failedCall({ kind }: FetchFailed): Called {
  const isUnsent = kind === 'unsent' || kind === 'refused';
  return { kind: isUnsent ? 'unsent' : 'unclear', detail: 'signal-cli did not answer' };
}

/** Whether the daemon answers at all. */
export async function isThere(api: ApiFetch): Promise<boolean> {
  try {
    return (await api('/api/v1/check', { timeoutMs: 10_000 })).status === 200;
  } catch (error) {
    if (error instanceof FetchFailed) return false;
    throw error;
  }
}
