/** How a provider calls a webhook: signed over the very bytes, again and again until it is answered with 200. */
import { createHmac } from 'node:crypto';
import { systemClock, wait } from '../../../src/core/clock.ts';

export interface CallsOptions {
  readonly url: () => string;
  /** The headers that sign a body. */
  readonly sign: (body: string) => Readonly<Record<string, string>>;
  /** Between tries; Meta's grow to hours. */
  readonly pauseMs: number;
}

/** JSON as PHP writes it: `\u00e9` for é, `\/` for a slash. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\u007f-\uffff]/gu, (unit) => escapedUnits(unit))
    .replace(/\//gu, '\\/');
}

function escapedUnits(text: string): string {
  return Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
    '',
  );
}

export function signatureOf(body: string | Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export class WebhookCalls {
  readonly #options: CallsOptions;
  readonly #queues = new Map<string, Promise<unknown>>();
  #patience = new AbortController();
  /** The newest body that was handed over, as it went. */
  last: string | undefined;
  /** Answers other than 200, in words; what is answered as the try before is not said again. */
  readonly troubles: string[] = [];

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** One after another of one `queue`; true once it was answered with 200, false when it was given up. */
  call(queue: string, payload: unknown): Promise<boolean> {
    return this.#queued(queue, () => escapedJson(payload));
  }

  /** The same, of a body that says how often it was tried. */
  callWith(queue: string, body: (tries: number) => string): Promise<boolean> {
    return this.#queued(queue, body);
  }

  /** The newest once more, as it was. */
  repeat(): Promise<boolean> {
    const body = this.last ?? '{}';
    return this.#queued('repeat', () => body);
  }

  /** Everything that is still under way is over. */
  giveUp(): void {
    this.#patience.abort();
    this.#patience = new AbortController();
  }

  /** The answer's status, of one try with whatever headers. */
  async once(body: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const answer = await fetch(this.#options.url(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  async idle(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  #trouble(status: number): void {
    const answer = status === 0 ? 'nobody answers' : `answers ${String(status)}`;
    const words = `${this.#options.url()} ${answer}; tried again`;
    if (this.troubles.at(-1) !== words) this.troubles.push(words);
  }

  #queued(queue: string, body: (tries: number) => string): Promise<boolean> {
    const { signal } = this.#patience;
    const done = (this.#queues.get(queue) ?? Promise.resolve()).then(() => this.#until200(body, signal));
    this.#queues.set(queue, done);
    return done;
  }

  async #until200(bodyOf: (tries: number) => string, signal: AbortSignal): Promise<boolean> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      const body = bodyOf(tries);
      const status = await this.once(body, this.#options.sign(body)).catch(() => 0);
      if (status === 200) {
        this.last = body;
        return true;
      }
      this.#trouble(status);
      await wait(systemClock, this.#options.pauseMs, signal);
    }
    return false;
  }
}
