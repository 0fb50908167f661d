/** Any provider with an HTTP API and webhooks, as the config describes it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { wait } from '../../core/clock.ts';
import type { Capabilities, Level } from '../../core/ports/capabilities.ts';
import type { Connector, ConnectorContext, ConnectorState, Refusal } from '../../core/ports/connector.ts';
import type { OutboundMessage } from '../../core/ports/outbound.ts';
import { JournalDown } from '../../core/ports/recorder.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { WebhookAnswer, WebhookRequest } from '../../core/ports/webhook.ts';
import { isPage, webPage } from '../web-page.ts';
import { keepsOf, type HttpConfig } from './config.ts';
import { fetchFile } from './files.ts';
import { badCredentials, Health, noAnswer } from './health.ts';
import { Inbound } from './inbound.ts';
import { Kept } from './kept.ts';
import { replyLevel } from './message-form.ts';
import { previewAnswer, previewWord } from './preview.ts';
import { Outbound } from './outbound.ts';
import { Profiles } from './profiles.ts';
import { rendered, secretsOf } from './request.ts';
import type { RequestTemplate } from './request-config.ts';
import { SentNotes } from './sent-notes.ts';
import { judge } from './signature.ts';

export const bodyMost = 1024 * 1024;
const askMs = 10_000;
const DAY_MS = 86_400_000;

export function capabilitiesOf(config: HttpConfig): Capabilities {
  const { send, receive, react, markRead, typing, keepsFor, serviceWindow } = config;
  const there = (template: RequestTemplate | undefined, without: Level): Level =>
    template === undefined ? without : 2;
  const receipts = receive.rules.some((rule) => rule.as === 'receipt');
  const groups = receive.rules.some((rule) => 'group' in rule && rule.group !== undefined);
  return {
    official: true,
    keepsInbound: config.keepsInbound,
    ...(keepsFor === undefined ? {} : { keepsForMs: keepsFor }),
    sendIdentifiedBy: send.repeatable ? 'our-id' : 'nothing',
    max_text_length: send.textMost,
    ...{ formatting: 0, edit: -2, delete: -2, presence: -1, templates: -2 },
    file: filesOf(config),
    location_message: there(send.location, 0),
    reply: replyLevel(config),
    reaction: there(react, -2),
    ...(react === undefined ? {} : { reaction_count: 1 }),
    delivery_receipts: receipts ? 1 : -1,
    read_receipts: there(markRead, -1),
    typing_notifications: there(typing, -1),
    groups: groups ? 1 : -2,
    ...(serviceWindow === undefined ? {} : { service_window: serviceWindow }),
  };
}

function filesOf({ send }: HttpConfig): Capabilities['file'] {
  const each = Object.entries(send.files).map(([kind, { types, most, caption }]) => {
    return [kind, { mime_types: types, max_size: most, caption: caption ? 2 : 0 }] as const;
  });
  return Object.fromEntries(each);
}

/** With exactly the methods that the config describes. */
export function createHttpConnector(ctx: ConnectorContext, config: HttpConfig): Connector {
  const house = new House(ctx, config);
  const { outbound } = house;
  const { react, markRead, typing } = config;
  const files = config.receive.rules.some((rule) => rule.as === 'message' && rule.files.length > 0);
  const secrets = secretsOf(config);
  return {
    start: () => house.start(),
    stop: (deadlineMs) => house.stop(deadlineMs),
    capabilities: () => capabilitiesOf(config),
    place: (chat) => outbound.place(chat),
    send: async (message) => {
      const refusal = refuses(message, config);
      return refusal === undefined ? outbound.send(message) : { state: 'failed', ...refusal };
    },
    refuses: (message) => refuses(message, config),
    ...(react && { react: (reaction) => outbound.react(reaction, react) }),
    ...(markRead && { markRead: ({ id, ...ends }) => outbound.tell(markRead, { id }, ends) }),
    ...(typing && {
      typing: ({ on, last, ...ends }) => {
        return outbound.tell(typing, { action: on ? 'typing_on' : 'typing_off', id: last }, ends);
      },
    }),
    ...(files && { fetchFile: (wish) => fetchFile(wish, { ctx, config, secrets }) }),
  };
}

type Asked = Pick<OutboundMessage, 'text' | 'file' | 'location' | 'template'>;

function refuses(message: Asked, config: HttpConfig): Refusal | undefined {
  const { text, file, location } = message;
  const unsupported = hasNoRequest(message, config);
  if (unsupported !== undefined) return { reason: 'unsupported', detail: unsupported };
  if (file === undefined && location === undefined && text.trim() === '') return { reason: 'empty', detail: 'no text' };
  const { textMost } = config.send;
  return text.length > textMost ? { reason: 'too-long', detail: `at most ${textMost} characters` } : undefined;
}

/** In words for people; undefined where the config says how it goes out. */
function hasNoRequest({ text, file, location, template }: Asked, { send }: HttpConfig): string | undefined {
  if (template !== undefined) return 'templates';
  if (location !== undefined && send.location === undefined) return 'places';
  const sending = file === undefined ? undefined : send.files[file.kind];
  if (sending === undefined) return file === undefined ? undefined : 'this kind of file';
  return sending.caption || text === '' ? undefined : 'words with this kind of file';
}

class House {
  readonly outbound: Outbound;
  readonly #ctx: ConnectorContext;
  readonly #config: HttpConfig;
  readonly #health: Health;
  readonly #inbound: Inbound;
  readonly #kept: Kept;
  readonly #profiles: Profiles | undefined;
  #cancelTidy: () => void = () => undefined;
  #takesIn = false;
  /** As many as the listener lets in. */
  readonly #handling = new Set<Promise<unknown>>();

  constructor(ctx: ConnectorContext, config: HttpConfig) {
    this.#ctx = ctx;
    this.#config = config;
    const ask = config.check === undefined ? undefined : () => this.#ask();
    const state = (now: ConnectorState): void => {
      ctx.state(now);
    };
    this.#health = new Health({ clock: ctx.clock, everyMs: config.checkEvery, state, ask });
    const notes = new SentNotes(ctx.kv);
    const byTime = config.receive.rules.some((rule) => rule.as === 'receipt' && rule.upTo !== undefined);
    this.#kept = new Kept(ctx);
    const desks = { health: this.#health, kept: this.#kept };
    this.outbound = new Outbound({ ctx, config, ...desks, notes: byTime ? notes : undefined });
    this.#profiles = config.profile && new Profiles(ctx, config, config.profile);
    this.#inbound = new Inbound({ ctx, config, notes, profiles: this.#profiles });
    const asked = config.receive.challenge !== undefined || Object.keys(config.send.files).length > 0;
    const methods = asked ? (['GET', 'POST'] as const) : (['POST'] as const);
    ctx.http.onRequest({ methods, maxBytes: bodyMost, handle: (request) => this.#handle(request) });
  }

  start(): Promise<void> {
    this.#ctx.state({ name: 'starting' });
    this.#takesIn = true;
    this.#health.start();
    this.#profiles?.wake();
    if (keepsOf(this.#config).length > 0 || this.#profiles !== undefined) this.#tidy();
    return Promise.resolve();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#takesIn = false;
    this.#health.stop();
    this.#cancelTidy();
    this.outbound.stop();
    this.#profiles?.stop();
    const enough = new AbortController();
    const done = Promise.all([...this.#handling, this.outbound.idle(), this.#profiles?.idle()]).finally(() => {
      enough.abort();
    });
    await Promise.race([done, wait(this.#ctx.clock, deadlineMs * 0.9, enough.signal)]);
    enough.abort();
    this.outbound.cutOff();
    this.#ctx.state({ name: 'stopped' });
  }

  async #handle(request: WebhookRequest): Promise<WebhookAnswer> {
    if (request.method === 'GET') return this.#asked(request.target);
    const { signature } = this.#config.receive;
    const secrets = [signature.secret, signature.otherSecret].flatMap((name) => this.#secret(name) ?? []);
    const judged = judge(request, signature, { secrets, nowMs: this.#ctx.clock.now() });
    if (judged !== 'good') return { to: judged };
    if (!this.#takesIn) throw new JournalDown('not taking in now');
    const receiving = this.#inbound.receive(request.body);
    const under = receiving.catch(() => undefined);
    this.#handling.add(under);
    try {
      await receiving;
      return { to: 'accepted' };
    } finally {
      this.#handling.delete(under);
    }
  }

  #asked(target: string): WebhookAnswer {
    const query = new URLSearchParams(target.split('?').slice(1).join('?'));
    return query.has(previewWord) ? previewAnswer : this.#challenge(query);
  }

  /** Each day anew; what can't be forgotten now is forgotten then. */
  #tidy(): void {
    const tidying: Promise<unknown> = Promise.all([this.#kept.forgetOld(), this.#profiles?.forgetOld()])
      .catch(() => {
        this.#ctx.log.warn('http.not-tidied', {});
      })
      .finally(() => {
        this.#handling.delete(tidying);
        if (!this.#takesIn) return;
        this.#cancelTidy = this.#ctx.clock.after(DAY_MS, () => {
          this.#tidy();
        });
      });
    this.#handling.add(tidying);
  }

  #challenge(query: URLSearchParams): WebhookAnswer {
    const { challenge } = this.#config.receive;
    const wanted = this.#secret(challenge?.token);
    if (challenge === undefined || wanted === undefined) return { to: 'refused' };
    const content = query.get(challenge.echo) ?? '';
    const good = timingSafeEqual(digest(query.get(challenge.ask) ?? ''), digest(wanted));
    const sound = /^[\w.~-]{1,256}$/u.test(content);
    return good && sound ? { to: 'accepted', body: { type: 'text/plain', content } } : { to: 'refused' };
  }

  #secret(name: string | undefined): string | undefined {
    const { secrets } = this.#config;
    return name !== undefined && Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  }

  async #ask(): Promise<ConnectorState> {
    const { check, api, title } = this.#config;
    const request = check === undefined ? undefined : rendered(check, secretsOf(this.#config));
    if (request === undefined) return { name: 'connected' };
    try {
      const answer = await this.#ctx.api(api)(request.path, { ...request.wish, timeoutMs: askMs });
      await answer.bytes();
      const { status } = answer;
      if (isPage(answer)) return webPage(title);
      if (status >= 200 && status < 300) return { name: 'connected' };
      return status === 401 || status === 403 ? badCredentials(title) : noAnswer(title);
    } catch (error) {
      if (error instanceof FetchFailed) return noAnswer(title);
      throw error;
    }
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
