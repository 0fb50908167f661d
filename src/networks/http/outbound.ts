/** Sends by the templates of the config. */
import type { Address, RemoteId } from '../../core/ids.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundMessage, OutboundReaction, SendResult } from '../../core/ports/outbound.ts';
import { FetchFailed, type ApiFetch } from '../../core/ports/safe-fetch.ts';
import { Pace } from '../pace.ts';
import { webPage } from '../web-page.ts';
import { idsIn, isTaken, keptIn, namesEnough, read, refusedAs, unanswered, unclear, type Answered } from './answers.ts';
import type { HttpConfig } from './config.ts';
import { badCredentials, noAnswer, type Health } from './health.ts';
import type { Kept } from './kept.ts';
import { emptyOf, formOf } from './message-form.ts';
import { previewWord } from './preview.ts';
import type { RequestTemplate } from './request-config.ts';
import { rendered, secretsOf, written } from './request.ts';
import type { SentNotes } from './sent-notes.ts';
import { uuidOf, type Values } from './template.ts';

/** Sends under way at a time. */
const underWayMost = 10;
const stopped = {
  state: 'retry',
  afterMs: 5_000,
  scope: 'connector',
  reason: 'provider-down',
} as const satisfies SendResult;

interface Parts {
  readonly ctx: ConnectorContext;
  readonly config: HttpConfig;
  readonly health: Health;
  /** Where reading is told by a time. */
  readonly notes: SentNotes | undefined;
  readonly kept: Kept;
}

export class Outbound {
  readonly #parts: Parts;
  readonly #api: ApiFetch;
  readonly #pace: Pace;
  readonly #stopping = new AbortController();
  readonly #cutOff = Promise.withResolvers<undefined>();
  /** As many as fly. */
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#api = parts.ctx.api(parts.config.api);
    this.#pace = new Pace({ clock: parts.ctx.clock, perSecond: parts.config.perSecond, window: underWayMost });
  }

  stop(): void {
    this.#stopping.abort();
    this.#pace.stop();
  }

  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Whoever still waits for an answer is told that none came. */
  cutOff(): void {
    this.#cutOff.resolve(undefined);
  }

  place({ from, to }: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined {
    return this.#stopping.signal.aborted ? undefined : this.#pace.place(`${from} ${to}`);
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const { from, to, position, attempt } = message;
    const { ctx, config, notes } = this.#parts;
    const began = ctx.clock.now();
    const kept = await this.#parts.kept.of(message.replyTo?.id);
    const form = formOf(message, { config, kept, preview: `${ctx.http.url ?? ''}?${previewWord}` });
    if (form === undefined)
      return { state: 'failed', reason: 'unsupported', detail: 'nothing in the config sends this' };
    const key = { position: String(position), uuid: uuidOf(`${ctx.id}/${position}`) };
    const result = await this.#asked(form.template, { ...form.values, ...key }, { from, to, attempt, isNamed: true });
    if (result.state === 'sent' && notes !== undefined) {
      // A receipt that finds no note is no more than a missing tick.
      await notes.note({ line: from, chat: to }, result.ids, began).catch(() => undefined);
    }
    return result;
  }

  async react({ from, to, ids, keys, position }: OutboundReaction, template: RequestTemplate): Promise<SendResult> {
    const { ctx } = this.#parts;
    const values = { id: ids[0], key: keys.at(-1), action: keys.length === 0 ? 'unreact' : 'react' };
    const key = { position: String(position), uuid: uuidOf(`${ctx.id}/${position}`) };
    const result = await this.#asked(template, { ...values, ...key }, { from, to, attempt: 1, isNamed: false });
    return result.state === 'unknown' ? { ...stopped, scope: 'message', detail: result.detail } : result;
  }

  /** Told at most, and only where everything is known that the provider wants to hear with it. */
  async tell(template: RequestTemplate, { id, ...values }: Telling, { from, to }: Ends): Promise<void> {
    const kept = { ...emptyOf(template), ...(await this.#parts.kept.of(id)) };
    const request = rendered(template, this.#values({ ...values, ...kept, id }, { from, to }));
    if (request === undefined || Object.values(kept).includes(undefined)) return;
    try {
      await (await this.#api(request.path, request.wish)).bytes();
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
    }
  }

  async #asked(template: RequestTemplate, values: Values, at: Ends & Asking): Promise<SendResult> {
    const request = rendered(template, this.#values(values, at));
    if (request === undefined) return { state: 'failed', reason: 'bad-address', detail: 'it does not fit the address' };
    const flight = await this.#pace.begin(`${at.from} ${at.to}`, this.#stopping.signal);
    if (flight === undefined) return stopped;
    try {
      const answered = await this.#orCutOff(this.#api(request.path, request.wish));
      return this.#resultOf(answered, at, (afterMs) => this.#pace.throttled(flight, 1, afterMs));
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      this.#parts.health.trouble(noAnswer(this.#parts.config.title));
      return unanswered(error, this.#parts.config, at.attempt);
    } finally {
      this.#pace.ended();
    }
  }

  #resultOf(answered: Answered | undefined, asking: Asking, slower: (ms: number) => number): SendResult {
    const { config, health } = this.#parts;
    const { attempt } = asking;
    if (answered === undefined) return unclear('we stopped before the answer', config, attempt);
    if (answered.isPage) return this.#unheard(attempt);
    if (isTaken(answered, config)) {
      this.#note(answered);
      this.#pace.accepted();
      health.well();
      const ids: readonly RemoteId[] = idsIn(answered, config);
      return !asking.isNamed || namesEnough(ids, answered, config)
        ? { state: 'sent', ids }
        : unclear('the answer names no message', config, attempt);
    }
    const result = refusedAs(answered, config, attempt);
    if (result.state !== 'retry') return result;
    if (result.reason === 'bad-credentials') health.trouble(badCredentials(config.title));
    const slows = result.reason === 'rate-limited' && result.scope !== 'chat';
    return slows ? { ...result, afterMs: slower(result.afterMs) } : result;
  }

  /** Somebody else answered in its place: nobody knows what became of the request. */
  #unheard(attempt: number): SendResult {
    const { config, health } = this.#parts;
    health.trouble(webPage(config.title));
    return unclear('a web page answered', config, attempt);
  }

  /** That a note of ours is lost costs an answer its form, and nothing else. */
  #note(answered: Answered): void {
    const { ctx, config } = this.#parts;
    const edits = keptIn(answered, config, ctx.clock.now());
    if (edits.length === 0) return;
    const noting: Promise<void> = ctx.kv
      .apply(edits)
      .catch(() => undefined)
      .finally(() => this.#underWay.delete(noting));
    this.#underWay.add(noting);
  }

  async #orCutOff(asking: ReturnType<ApiFetch>): Promise<Answered | undefined> {
    const reading = asking.then((answer) => read(answer, this.#parts.ctx.clock.now()));
    const under = reading.catch(() => undefined);
    this.#underWay.add(under);
    try {
      return await Promise.race([reading, this.#cutOff.promise]);
    } finally {
      this.#underWay.delete(under);
    }
  }

  #values(values: Values, { from, to }: Ends): Values {
    const { config } = this.#parts;
    return { ...secretsOf(config), ...values, from: written(from, config), to: written(to, config) };
  }
}

interface Asking {
  readonly attempt: number;
  /** Whether the provider names what it has taken. */
  readonly isNamed: boolean;
}

interface Telling extends Values {
  /** Of the message that it is about. */
  readonly id: RemoteId | undefined;
}

interface Ends {
  readonly from: Address;
  readonly to: Address;
}
