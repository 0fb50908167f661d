/** The app's webhooks: signed, one after another of one person, repeated as often as its setting says. */
import { createHmac, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { systemClock, wait } from '../../../../src/core/clock.ts';
import { simPhone } from './phone.ts';
import type { newWebhook } from './slips.ts';

export type Webhook = z.output<typeof newWebhook> & { readonly id: string };

export interface Call {
  readonly url: string;
  readonly body: string;
}

export interface Insistence {
  /** "Settings > Webhooks" of the app. Default 14. */
  readonly retries: number;
  /** Before the first repeat; it doubles up to 32 of these. Default 10 s, as the app has it. */
  readonly pauseMs: number;
}

export class AppWebhooks {
  readonly registered = new Map<string, Webhook>();
  readonly #insistence: Insistence;
  readonly #turns = new Map<string, Promise<boolean>>();
  #newest: Call | undefined;
  #patience = new AbortController();

  constructor(insistence: Insistence) {
    this.#insistence = insistence;
  }

  /** To whoever is registered for the event; false also where nobody is. */
  async emit(event: string, payload: object, patience = this.#patience.signal): Promise<boolean> {
    const wanted = [...this.registered.values()].filter((one) => one.event === event);
    const taken: boolean[] = [];
    for (const { id: webhookId, url } of wanted) {
      const id = randomBytes(12).toString('base64url');
      const body = JSON.stringify({ deviceId: 'simulated-phone', event, id, payload, webhookId });
      this.#newest = { url, body };
      taken.push(await this.#deliver({ url, body }, patience));
    }
    return taken.length > 0 && taken.every(Boolean);
  }

  /** The newest webhook once more, signed anew. */
  async repeats(): Promise<boolean> {
    if (this.#newest === undefined) throw new Error('nothing was handed over yet');
    return (await this.post(this.#newest)) === 'taken';
  }

  signed({ body }: Call, key: string = simPhone.signingKey, seconds = Math.floor(systemClock.now() / 1_000)) {
    const timestamp = String(seconds);
    const signature = createHmac('sha256', key)
      .update(body + timestamp)
      .digest('hex');
    return { 'content-type': 'application/json', 'x-signature': signature, 'x-timestamp': timestamp };
  }

  async post(call: Call): Promise<'taken' | 'refused' | 'away'> {
    try {
      const signal = AbortSignal.timeout(30_000);
      const answer = await fetch(call.url, { method: 'POST', headers: this.signed(call), body: call.body, signal });
      await answer.arrayBuffer();
      return answer.ok ? 'taken' : 'refused';
    } catch {
      return 'away';
    }
  }

  /** All that waits to be repeated is given up. */
  givesUp(): void {
    this.#patience.abort();
    this.#patience = new AbortController();
  }

  inTurn(from: string, act: (patience: AbortSignal) => Promise<boolean>): Promise<boolean> {
    const { signal } = this.#patience;
    const turn = (this.#turns.get(from) ?? Promise.resolve(true)).then(() => act(signal));
    this.#turns.set(from, turn);
    return turn;
  }

  async #deliver(call: Call, signal: AbortSignal): Promise<boolean> {
    for (let attempt = 0; attempt < this.#insistence.retries && !signal.aborted; attempt += 1) {
      if ((await this.post(call)) === 'taken') return true;
      await wait(systemClock, this.#insistence.pauseMs * 2 ** Math.min(attempt, 5), signal);
    }
    return false;
  }
}
