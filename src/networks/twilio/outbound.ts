/** Sends one message, and says honestly what is known of it. */
import { z } from 'zod';
import type { FailureKind } from '../../core/failures.ts';
import { parseRemoteId, type RemoteId } from '../../core/ids.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundFile, OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { FileDoor } from '../file-door.ts';
import { Pace, type Flight } from '../pace.ts';
import type { ReachWatch } from '../reach-watch.ts';
import type { ApiAnswer, TwilioApi } from './api.ts';
import type { Attempts } from './attempts.ts';
import type { TwilioConfig } from './config.ts';
import { OPTED_OUT } from './error-codes.ts';
import { again, failureOf } from './send-failure.ts';
import { optedOut } from './statuses.ts';

/** twilio.com/docs/messaging/api/message-resource, `Body`: characters, of which an emoji is two. */
export const LONGEST = 1_600;
const DOWN_MS = 5_000;

const created = z.object({ sid: z.string() });

export interface OutboundDeps {
  readonly ctx: ConnectorContext;
  readonly config: TwilioConfig;
  readonly api: TwilioApi;
  readonly attempts: Attempts;
  readonly watch: Pick<ReachWatch, 'found'>;
  readonly files: FileDoor;
  /** Where Twilio reaches us. */
  readonly url: string;
}

export class Outbound {
  readonly #deps: OutboundDeps;
  readonly #pace: Pace;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<SendResult>>();

  constructor(deps: OutboundDeps) {
    this.#deps = deps;
    const { perSecond, window } = deps.config;
    this.#pace = new Pace({ clock: deps.ctx.clock, perSecond, window });
  }

  /** Nothing new is sent from now on; resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#pace.stop();
    await Promise.all(this.#running);
  }

  place(message: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined {
    return this.#stopping.signal.aborted ? undefined : this.#pace.place(chatOf(message));
  }

  refuses({ text, file }: Pick<OutboundMessage, 'text' | 'file'>): { reason: FailureKind; detail: string } | undefined {
    if (text.length > LONGEST) {
      return { reason: 'too-long', detail: `${String(text.length)} characters, at most ${String(LONGEST)}` };
    }
    return text.length === 0 && file === undefined ? { reason: 'empty', detail: 'no text' } : undefined;
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const refusal = this.refuses(message);
    if (refusal !== undefined) return { state: 'failed', ...refusal };
    const flight = await this.#pace.begin(chatOf(message), this.#stopping.signal);
    if (flight === undefined) return again('provider-down', DOWN_MS, 'stopped');
    const sending = this.#attempt(message, flight).finally(() => {
      this.#running.delete(sending);
      this.#pace.ended();
    });
    this.#running.add(sending);
    return sending;
  }

  async #attempt(message: OutboundMessage, flight: Flight): Promise<SendResult> {
    const { attempts } = this.#deps;
    try {
      await attempts.begin(message);
    } catch (error) {
      this.#deps.ctx.log.error('twilio.not-noted', {}, error);
      return { ...again('provider-down', DOWN_MS, 'not noted'), scope: 'message' };
    }
    let sid: RemoteId | undefined;
    try {
      const result = await this.#ask(message, flight);
      if (result.state === 'sent') [sid] = result.ids;
      return result;
    } finally {
      attempts.end(message.position, sid);
    }
  }

  async #ask(message: OutboundMessage, flight: Flight): Promise<SendResult> {
    const { api, watch } = this.#deps;
    try {
      const answer = await api.post(`${api.account}/Messages.json`, this.#formOf(message));
      const sid = answer.status === 201 ? parseRemoteId(created.safeParse(answer.body).data?.sid) : undefined;
      if (sid?.ok !== true) return await this.#refused(message, answer, flight);
      this.#pace.accepted();
      return { state: 'sent', ids: [sid.value] };
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      watch.found({ name: 'connecting', detail: error.detail });
      if (error.kind === 'unsent' || error.kind === 'refused') return again('provider-down', DOWN_MS, error.detail);
      return this.#settled(message, 'the connection broke before Twilio answered');
    }
  }

  #formOf({ from, to, text, file }: OutboundMessage): URLSearchParams {
    const { config, url } = this.#deps;
    const service = config.messagingServices[from];
    return new URLSearchParams({
      To: to,
      From: from,
      ...(service === undefined ? {} : { MessagingServiceSid: service }),
      ...(text === '' ? {} : { Body: text }),
      ...(file === undefined ? {} : { MediaUrl: this.#addressOf(file) }),
      StatusCallback: url,
    });
  }

  #addressOf(file: OutboundFile): string {
    return `${this.#deps.url}?file=${this.#deps.files.lay(file)}`;
  }

  async #refused(message: OutboundMessage, answer: ApiAnswer, flight: Flight): Promise<SendResult> {
    const { watch, ctx } = this.#deps;
    const failure = failureOf(answer);
    if (failure === undefined) return this.#settled(message, `Twilio answered ${String(answer.status)}`);
    if (answer.code === OPTED_OUT) await this.#noteOptOut(message, answer);
    if (failure.state !== 'retry') return failure;
    if (failure.reason === 'bad-credentials') watch.found({ name: 'bad-credentials', detail: failure.detail ?? '' });
    if (failure.reason !== 'rate-limited') return failure;
    const afterMs = this.#pace.throttled(flight, Math.min(1, failure.afterMs / 60_000), failure.afterMs);
    ctx.log.info('twilio.throttled', { pauseMs: afterMs });
    return { ...failure, afterMs };
  }

  /** The refusal says what the person wants: it is on record before the message is called refused. */
  async #noteOptOut({ from, to, position }: OutboundMessage, { raw }: ApiAnswer): Promise<void> {
    const { ctx } = this.#deps;
    const consent = optedOut({ From: from, To: to, of: position }, { at: ctx.clock.now(), raw });
    if (consent !== undefined) await ctx.ingest(consent);
  }

  /** It may have been taken: Twilio's list may say so. */
  async #settled({ position }: OutboundMessage, detail: string): Promise<SendResult> {
    try {
      const became = await this.#deps.attempts.became(String(position));
      return became === undefined ? { state: 'unknown', detail } : { state: 'sent', ids: became.ids };
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      return { state: 'unknown', detail };
    }
  }
}

function chatOf({ from, to }: Pick<OutboundMessage, 'from' | 'to'>): string {
  return `${from} ${to}`;
}
