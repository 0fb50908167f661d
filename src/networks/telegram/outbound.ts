/** Sends one message and says honestly what is known of it. Telegram knows no id of ours: an unclear send stays unclear. */
import { z } from 'zod';
import { randomInt } from 'node:crypto';
import type { RemoteId } from '../../core/ids.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { ChatRef, OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import { Pace, type Flight } from '../pace.ts';
import type { Accounts } from './accounts.ts';
import { remoteIdOf } from './addresses.ts';
import type { ApiAnswer, BotApi } from './bot-api.ts';
import { ChatPace } from './chat-pace.ts';
import type { TelegramConfig } from './config.ts';
import type { Bot } from './known.ts';
import { asDocument, callsOf, refusalOf, withoutTopic, type MessageCall } from './message-calls.ts';
import { moveEvent } from './moved-chat.ts';
import { failureOf, isTopicGone } from './refusals.ts';
import { isGroupChat, targetOf, type Target } from './targets.ts';
import { newestTopic } from './topics.ts';
import { Uploads } from './uploads.ts';

/** Under way at a time. */
const WINDOW = 30;
/** A storm of "too fast" in one chat slows all of them down, and stops none for longer than this. */
const PAUSE_MS = 1_000;
const DOWN_MS = 5_000;

const sentShape = z.object({ message_id: z.int().nonnegative(), chat: z.object({ id: z.int() }) });

interface Given {
  readonly ctx: Pick<ConnectorContext, 'clock' | 'ingest' | 'kv' | 'metrics' | 'id'>;
  readonly config: Pick<TelegramConfig, 'perSecond' | 'perChatPerSecond' | 'perGroupPerMinute'>;
  readonly api: BotApi;
  readonly accounts: Accounts;
  readonly bot: () => Bot | undefined;
  /** Aborted when nothing new may begin. */
  readonly stopping: AbortSignal;
}

type Step = { readonly id: RemoteId | undefined } | { readonly problem: SendResult };

export class Outbound {
  readonly #given: Given;
  readonly #pace: Pace;
  readonly #chats: ChatPace;
  readonly #uploads = new Uploads();

  constructor(given: Given) {
    this.#given = given;
    this.#pace = new Pace({ clock: given.ctx.clock, perSecond: given.config.perSecond, window: WINDOW });
    this.#chats = new ChatPace(given.ctx.clock, given.stopping);
  }

  stop(): void {
    this.#pace.stop();
  }

  /** See `Connector.place`. */
  place(ref: ChatRef): Promise<void> | undefined {
    if (this.#given.stopping.aborted) return undefined;
    return this.#chats.place(keyOf(ref)) ?? this.#pace.place(keyOf(ref));
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const refusal = refusalOf(message);
    if (refusal !== undefined) return { state: 'failed', ...refusal };
    const { bot, accounts, stopping } = this.#given;
    const known = bot();
    if (known === undefined || stopping.aborted) return notConnected;
    const found = targetOf(message, known, accounts);
    if ('problem' in found) return found.problem;
    const { target } = found;
    const topic = target.chat < 0 ? await newestTopic(this.#given.ctx.kv, target.chat) : undefined;
    const flight = await this.#begin(message);
    if (flight === undefined) return notConnected;
    try {
      return await this.#sendAll(callsOf(message, target, topic), { message, flight, target, bot: known });
    } finally {
      this.#pace.ended();
    }
  }

  async #begin(ref: ChatRef): Promise<Flight | undefined> {
    const { stopping, config } = this.#given;
    const key = keyOf(ref);
    for (let turn = this.#chats.place(key); turn !== undefined && !stopping.aborted; turn = this.#chats.place(key)) {
      await turn;
    }
    const flight = await this.#pace.begin(key, stopping);
    const { perGroupPerMinute, perChatPerSecond } = config;
    this.#chats.went(key, isGroupChat(ref.to) ? 60_000 / perGroupPerMinute : 1_000 / perChatPerSecond);
    return flight;
  }

  async #sendAll(calls: readonly MessageCall[], sending: Sending): Promise<SendResult> {
    const ids: RemoteId[] = [];
    let gone = 0;
    for (const call of calls) {
      const step = await this.#step(call, sending);
      if ('problem' in step) {
        const why = 'detail' in step.problem ? `: ${step.problem.detail ?? ''}` : '';
        return gone === 0 ? step.problem : { state: 'unknown', ids, detail: `only a part went out${why}` };
      }
      gone += 1;
      if (step.id !== undefined) ids.push(step.id);
    }
    return { state: 'sent', ids };
  }

  async #step(call: MessageCall, sending: Sending): Promise<Step> {
    const answer = await this.#ask(call);
    if (answer.is === 'ok') {
      this.#pace.accepted();
      return { id: sentId(answer.result, sending.target) };
    }
    if (answer.is !== 'refused') return { problem: failureOf(answer) };
    const document = /PHOTO_INVALID|IMAGE_PROCESS_FAILED|PHOTO_SAVE_FILE_INVALID/u.test(answer.words)
      ? asDocument(call)
      : undefined;
    const again = document ?? (isTopicGone(answer.words) ? withoutTopic(call) : undefined);
    if (again !== undefined) return this.#step(again, sending);
    if (answer.movedTo !== undefined) return this.#stepElsewhere(call, sending, { ...answer, movedTo: answer.movedTo });
    if (answer.code === 429) this.#slowDown(sending.flight);
    return { problem: failureOf(answer) };
  }

  /** Telegram refused it for the old group, so it is not there: it goes to the new one. */
  async #stepElsewhere(
    call: MessageCall,
    sending: Sending,
    { movedTo, bytes }: { readonly movedTo: number; readonly bytes: Uint8Array },
  ): Promise<Step> {
    const { target, bot } = sending;
    if (target.chat === movedTo)
      return { problem: { state: 'failed', reason: 'rejected', detail: 'the group has moved' } };
    const { ctx } = this.#given;
    await ctx.ingest(moveEvent({ line: bot.line, old: target.chat, now: movedTo, at: ctx.clock.now(), raw: bytes }));
    const parameters = {
      ...call.parameters,
      chat_id: movedTo,
      reply_parameters: undefined,
      message_thread_id: undefined,
    };
    return this.#step({ ...call, parameters }, { ...sending, target: { ...target, chat: movedTo } });
  }

  async #ask({ method, parameters, file }: MessageCall): Promise<ApiAnswer> {
    const { api } = this.#given;
    if (file === undefined) return api.call(method, parameters);
    const { field, of } = file;
    const { name, type, size } = of;
    return this.#uploads.run(() => api.upload(method, parameters, { field, name, type, size, open: () => of.open() }));
  }

  #slowDown(flight: Flight): void {
    const { ctx } = this.#given;
    ctx.metrics.count('telegram_throttled', { connector: ctx.id });
    this.#pace.throttled(flight, randomInt(1_000) / 1_000, PAUSE_MS);
  }
}

interface Sending {
  readonly message: OutboundMessage;
  readonly flight: Flight;
  readonly target: Target;
  readonly bot: Bot;
}

const notConnected: SendResult = {
  state: 'retry',
  afterMs: DOWN_MS,
  scope: 'connector',
  reason: 'provider-down',
  detail: 'no connection to Telegram',
};

function keyOf({ from, to }: ChatRef): string {
  return `${from} ${to}`;
}

/** Number 0: Telegram will send it a little later and tell no number (Bot API, "Message"). */
function sentId(result: unknown, target: Target): RemoteId | undefined {
  const sent = sentShape.safeParse(result).data;
  if (sent === undefined || sent.message_id === 0) return undefined;
  return remoteIdOf({ chat: sent.chat.id, message: sent.message_id, account: target.account?.user });
}
