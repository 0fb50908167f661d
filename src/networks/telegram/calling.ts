/** Webhook mode: Telegram is told where to call, and asked now and then whether it does. */
import { z } from 'zod';
import type { ApiAnswer, BotApi } from './bot-api.ts';
import { updateKinds } from './shapes.ts';

/** Of different chats at a time; those of one chat come one after the other. */
const CONNECTIONS = 10;

const infoShape = z.object({
  url: z.string(),
  pending_update_count: z.int().optional(),
  last_error_date: z.int().optional(),
  last_error_message: z.string().optional(),
});

interface Given {
  readonly api: BotApi;
  readonly url: string;
  readonly secret: string;
  readonly signal: AbortSignal;
}

export type Checked =
  | { readonly is: 'called'; /** Why Telegram doesn't get through, in its words. */ readonly trouble?: string }
  | { readonly is: 'no-answer'; readonly answer: Exclude<ApiAnswer, { readonly is: 'ok' }> };

export class Calling {
  readonly #given: Given;
  #lastError = 0;

  constructor(given: Given) {
    this.#given = given;
  }

  set(): Promise<ApiAnswer> {
    const { api, url, secret, signal } = this.#given;
    const wish = { url, secret_token: secret, allowed_updates: updateKinds, max_connections: CONNECTIONS };
    return api.call('setWebhook', wish, { signal });
  }

  /** Sets it again where somebody else has set another address, or none. */
  async check(): Promise<Checked> {
    const { api, url, signal } = this.#given;
    const answer = await api.call('getWebhookInfo', {}, { signal });
    if (answer.is !== 'ok') return { is: 'no-answer', answer };
    const info = infoShape.safeParse(answer.result).data;
    if (info?.url !== url) {
      const again = await this.set();
      return again.is === 'ok' ? { is: 'called' } : { is: 'no-answer', answer: again };
    }
    const { last_error_date: at = 0, pending_update_count: waiting = 0 } = info;
    const isNew = at > this.#lastError;
    this.#lastError = Math.max(this.#lastError, at);
    return isNew && waiting > 0
      ? { is: 'called', trouble: (info.last_error_message ?? '').slice(0, 100) }
      : { is: 'called' };
  }
}
