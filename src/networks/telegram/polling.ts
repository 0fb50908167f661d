/** Long polling: each batch is recorded together with the offset that confirms it, and confirmed by the next question. */
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { ApiAnswer, BotApi } from './bot-api.ts';
import type { TelegramConfig } from './config.ts';
import { batchOf, type Inbox } from './inbox.ts';
import type { Bot } from './known.ts';
import type { Offset } from './offset.ts';
import { updateKinds } from './shapes.ts';
import { updateSlices } from './slices.ts';

const LIMIT = 100;
const ANSWER_BYTES = 32 * 1024 * 1024;
/** Telegram holds the question so much longer at most than it was asked to. */
const SLACK_MS = 10_000;

interface Given {
  readonly api: BotApi;
  readonly config: Pick<TelegramConfig, 'pollTimeout'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly offset: Offset;
  readonly signal: AbortSignal;
}

/** What came of one question. */
export type Polled =
  | {
      readonly is: 'taken';
      /** It answered what can't be confirmed by number: asking at once would bring it again. */ readonly stuck: boolean;
    }
  | { readonly is: 'not-recorded' }
  | { readonly is: 'no-answer'; readonly answer: Exclude<ApiAnswer, { readonly is: 'ok' }> };

export class Polling {
  readonly #given: Given;
  /** One at a time after an answer that was too large. */
  #limit = LIMIT;

  constructor(given: Given) {
    this.#given = given;
  }

  /** `patient`: Telegram keeps the question open until there is something. */
  async poll(bot: Bot, { patient, heard }: { readonly patient: boolean; readonly heard: () => void }): Promise<Polled> {
    const answer = await this.#ask(patient);
    this.#limit = answer.is === 'unclear' && answer.tooLarge === true ? 1 : LIMIT;
    if (answer.is !== 'ok') return { is: 'no-answer', answer };
    heard();
    return this.#take(updateSlices(answer.bytes) ?? [], bot);
  }

  #ask(patient: boolean): Promise<ApiAnswer> {
    const { api, config, offset, signal } = this.#given;
    const seconds = patient ? Math.max(1, Math.round(config.pollTimeout / 1_000)) : 0;
    const next = offset.next;
    const wish = { limit: this.#limit, timeout: seconds, allowed_updates: updateKinds };
    const limits = { timeoutMs: seconds * 1_000 + SLACK_MS, maxBytes: ANSWER_BYTES, signal };
    return api.call('getUpdates', next === undefined ? wish : { ...wish, offset: next }, limits);
  }

  async #take(slices: readonly Uint8Array[], bot: Bot): Promise<Polled> {
    const { inbox, offset, log } = this.#given;
    const batch = batchOf(slices);
    if (batch.items.length === 0) return { is: 'taken', stuck: false };
    const raised = batch.newest === undefined ? undefined : offset.after(batch.newest);
    try {
      await inbox.take(batch, bot, raised === undefined ? [] : [raised.edit]);
    } catch (error) {
      log.warn('telegram.not-recorded', {
        updates: slices.length,
        error: error instanceof Error ? error.name : 'unknown',
      });
      return { is: 'not-recorded' };
    }
    if (raised !== undefined) offset.keep(raised.kept);
    return { is: 'taken', stuck: raised === undefined };
  }
}
