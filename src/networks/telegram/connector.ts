/** Telegram over its Bot API: joins link, inbox and outbound into the connector that the core knows. */
import { wait } from '../../core/clock.ts';
import type { Address } from '../../core/ids.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type {
  Connector,
  ConnectorContext,
  FileFetched,
  FileWish,
  Refusal,
  Resolved,
} from '../../core/ports/connector.ts';
import type {
  ChatRef,
  OutboundEdit,
  OutboundMessage,
  OutboundReaction,
  OutboundRead,
  OutboundRedaction,
  OutboundTyping,
  SendResult,
} from '../../core/ports/outbound.ts';
import type { Result } from '../../core/result.ts';
import { endWithin } from '../end-within.ts';
import { Accounts } from './accounts.ts';
import { placeOf } from './addresses.ts';
import { BotApi } from './bot-api.ts';
import { Calling } from './calling.ts';
import { accountCapabilities, botCapabilities, telegramFacts } from './capabilities.ts';
import { Changes } from './changes.ts';
import type { TelegramConfig } from './config.ts';
import { fetchFile } from './file-fetch.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';
import { refusalOf } from './message-calls.ts';
import { Offset } from './offset.ts';
import { Outbound } from './outbound.ts';
import { OwnEdits } from './own-edits.ts';
import { Polling } from './polling.ts';
import { resolve } from './resolve.ts';
import { Standing } from './standing.ts';
import { chatParameters, targetOf, type Target } from './targets.ts';
import { Typing } from './typing.ts';
import { webhookDoor, webhookSecret } from './webhook-door.ts';

export class TelegramConnector implements Connector {
  readonly #ctx: ConnectorContext;
  readonly #config: TelegramConfig;
  readonly #api: BotApi;
  readonly #accounts: Accounts;
  readonly #offset: Offset;
  readonly #standing: Standing;
  readonly #link: Link;
  readonly #outbound: Outbound;
  readonly #changes: Changes;
  readonly #typing: Typing;
  /** Nothing new begins. */
  readonly #stopping = new AbortController();
  /** Nothing goes on. */
  readonly #cutting = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /** @throws Error in words where Telegram is to call us and nobody knows where */
  constructor(ctx: ConnectorContext, config: TelegramConfig) {
    const { clock } = ctx;
    const signal = this.#stopping.signal;
    const edits = new OwnEdits();
    this.#ctx = ctx;
    this.#config = config;
    this.#api = new BotApi({
      fetch: ctx.api(config.apiUrl),
      token: config.token,
      timeoutMs: config.responseTimeout,
      cut: this.#cutting.signal,
    });
    const api = this.#api;
    this.#accounts = new Accounts({ ctx, api, signal });
    const accounts = this.#accounts;
    this.#offset = new Offset(clock);
    this.#standing = new Standing((state) => {
      ctx.state(state);
    });
    const inbox = new Inbox({ ctx, accounts, editedByUs: (id, text) => edits.has(id, text) });
    const hears =
      config.mode === 'polling'
        ? { polling: new Polling({ api, config, clock, log: ctx.log, inbox, offset: this.#offset, signal }) }
        : { calling: this.#calling(config, inbox) };
    this.#link = new Link({ ctx, config, api, accounts, inbox, standing: this.#standing, hears, signal });
    const bot = () => this.#link.bot;
    this.#outbound = new Outbound({ ctx, config, api, accounts, bot, stopping: signal });
    this.#changes = new Changes({ ctx, api, accounts, bot, edits, stopping: signal });
    this.#typing = new Typing(clock, (work) => {
      this.#behind(work);
    });
  }

  /** Resolves when the notes of an earlier process are taken in; connecting goes on behind it. */
  async start(): Promise<void> {
    this.#ctx.state({ name: 'starting' });
    await this.#offset.load(this.#ctx.kv);
    await this.#accounts.load();
    this.#behind(this.#keepLinked());
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort();
    this.#outbound.stop();
    this.#typing.stop();
    await endWithin({
      clock: this.#ctx.clock,
      deadlineMs,
      ended: Promise.allSettled(this.#running),
      // What Telegram has not answered by now is unclear.
      cut: () => {
        this.#cutting.abort();
      },
      parts: [0.8, 0.1],
    });
    this.#ctx.state({ name: 'stopped' });
  }

  capabilities(chat?: ChatRef): Capabilities {
    if (chat === undefined) return telegramFacts.most;
    return this.#isBot(chat.from) ? botCapabilities : accountCapabilities(this.#accounts.onLine(chat.from));
  }

  refuses(message: Omit<OutboundMessage, 'position' | 'attempt' | 'from'>): Refusal | undefined {
    return refusalOf(message);
  }

  resolve(written: string): Promise<Result<Resolved, string>> {
    const bot = this.#link.bot?.line;
    return resolve({ api: this.#api, bot, accounts: this.#ctx.lines.some((line) => line !== bot) }, written);
  }

  place(ref: ChatRef): Promise<void> | undefined {
    return this.#outbound.place(ref);
  }

  send(message: OutboundMessage): Promise<SendResult> {
    return this.#run(this.#outbound.send(message));
  }

  edit(edit: OutboundEdit): Promise<SendResult> {
    return this.#run(this.#changes.edit(edit));
  }

  redact(redaction: OutboundRedaction): Promise<SendResult> {
    return this.#run(this.#changes.redact(redaction));
  }

  react(reaction: OutboundReaction): Promise<SendResult> {
    return this.#run(this.#changes.react(reaction));
  }

  /** In the bot's own chats Telegram has nothing to be told. */
  async markRead({ from, to, id }: OutboundRead): Promise<void> {
    const target = this.#target({ from, to });
    const place = placeOf(id);
    if (target?.account?.mayRead !== true || place === undefined) return;
    const of = { ...chatParameters(target), message_id: place.message };
    await this.#run(this.#api.call('readBusinessMessage', of, { signal: this.#stopping.signal }));
  }

  async typing({ from, to, on }: OutboundTyping): Promise<void> {
    const key = `${from} ${to}`;
    const target = this.#target({ from, to });
    if (!on || target === undefined) {
      this.#typing.off(key);
      return;
    }
    const of = { ...chatParameters(target), action: 'typing' };
    await this.#typing.on(key, () => this.#api.call('sendChatAction', of, { signal: this.#stopping.signal }));
  }

  fetchFile(wish: FileWish): Promise<FileFetched> {
    return fetchFile(this.#api, wish);
  }

  #calling(config: TelegramConfig, inbox: Inbox): Calling {
    const { http } = this.#ctx;
    if (http.url === undefined) {
      throw new Error('telegram: mode: webhook needs publicUrl in the config; or leave mode out, and we ask Telegram');
    }
    const secret = webhookSecret(config.token);
    const bot = () => (this.#stopping.signal.aborted ? undefined : this.#link.bot);
    http.onRequest(webhookDoor({ secret, inbox, bot }));
    return new Calling({ api: this.#api, url: http.url, secret, signal: this.#stopping.signal });
  }

  #isBot(line: Address): boolean {
    return line === this.#link.bot?.line;
  }

  #target(ref: ChatRef): Target | undefined {
    const { bot } = this.#link;
    const found = bot === undefined || this.#stopping.signal.aborted ? undefined : targetOf(ref, bot, this.#accounts);
    return found !== undefined && 'target' in found ? found.target : undefined;
  }

  /** A mistake of ours ends no connection for good. */
  async #keepLinked(): Promise<void> {
    const { log, clock } = this.#ctx;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#link.run();
      } catch (error) {
        log.error('telegram.link-failed', {}, error);
        await wait(clock, this.#config.reconnect.first, this.#stopping.signal);
      }
    }
  }

  /** Nobody waits for it but `stop`; it never rejects. */
  #behind(work: Promise<unknown>): void {
    const running: Promise<unknown> = work.then(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Stopping waits for it. */
  #run<T>(work: Promise<T>): Promise<T> {
    const running: Promise<T> = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }
}
