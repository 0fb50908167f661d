/** Twilio's calls to webhooks: signed by its own code, each made once; what fails is not repeated. */
import { createHash } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { AccountSettings } from './account.ts';
import { newSid } from './messages.ts';

/** How long Twilio waits for an answer, and for a file. */
export const PATIENCE_MS = 15_000;

export type Fields = Readonly<Record<string, string | readonly string[]>>;

export interface SimCall {
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class TwilioCalls {
  /** Those that failed, as the console's debugger lists them. */
  readonly failed: string[] = [];
  readonly #options: AccountSettings;
  #newest: SimCall | undefined;

  constructor(options: AccountSettings) {
    this.#options = options;
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
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const response = await fetch(url, { method, headers, body: method === 'GET' ? null : body, signal });
      const answer = await response.text();
      const type = response.headers.get('content-type') ?? '';
      if (!response.ok) this.failed.push(`11200: HTTP ${String(response.status)}`);
      else if (answer !== '' && !/^(?:text|application)\/xml/u.test(type)) this.failed.push('12300: content type');
      return response.ok;
    } catch {
      this.failed.push('11205: HTTP connection failure');
      return false;
    }
  }
}
