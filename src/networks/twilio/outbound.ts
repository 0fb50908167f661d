/** Sends one message, and says honestly what is known of it. */
import { z } from 'zod';
import { parseRemoteId, type RemoteId } from '../../core/ids.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import { Pace, type Flight } from '../pace.ts';
import type { ReachWatch } from '../reach-watch.ts';
import { Sending, unsendable } from '../sending.ts';
import { pageWords, webPage } from '../web-page.ts';
import type { ApiAnswer, TwilioApi } from './api.ts';
import type { Attempts } from './attempts.ts';
import type { TwilioConfig } from './config.ts';
import { OPTED_OUT } from './error-codes.ts';
import { again, failureOf } from './send-failure.ts';
import { optedOut } from './statuses.ts';

/** twilio.com/docs/messaging/api/message-resource, `Body`: characters, of which an emoji is two. */
export const LONGEST = 1_600;
const DOWN_MS = 5_000;
/** Twilio keeps a message in its queue so long (twilio.com/docs/api/errors/90007: a validity of 36,000 s at most). */
const FILES_OPEN_MS = 10 * 3_600_000;

const created = z.object({ sid: z.string() });

export interface OutboundDeps {
  readonly ctx: ConnectorContext;
  readonly config: TwilioConfig;
  readonly api: TwilioApi;
  readonly attempts: Attempts;
  readonly watch: Pick<ReachWatch, 'found'>;
  /** Where Twilio reaches us. */
  readonly url: string;
}

export class Outbound {
  readonly #deps: OutboundDeps;
  readonly #pace: Pace;
  readonly #sending: Sending;

  constructor(deps: OutboundDeps) {
    this.#deps = deps;
    const { perSecond, window } = deps.config;
    this.#pace = new Pace({ clock: deps.ctx.clock, perSecond, window });
    this.#sending = new Sending(this.#pace);
  }

  /** Nothing new is sent from now on; resolves when what was under way has ended. */
  stop(): Promise<void> {
    return this.#sending.stop();
  }

  place(message: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined {
    return this.#sending.place(message);
  }

  refuses(message: Pick<OutboundMessage, 'text' | 'file'>): ReturnType<typeof unsendable> {
    return unsendable(message, LONGEST);
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const refused = this.refuses(message);
    if (refused !== undefined) return { state: 'failed', ...refused };
    return this.#sending.run(message, (flight) => this.#attempt(message, flight));
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
      ...(file === undefined ? {} : { MediaUrl: file.link(FILES_OPEN_MS) }),
      StatusCallback: url,
    });
  }

  async #refused(message: OutboundMessage, answer: ApiAnswer, flight: Flight): Promise<SendResult> {
    const { watch, ctx } = this.#deps;
    const failure = failureOf(answer);
    if (answer.isPage === true) watch.found(webPage('Twilio'));
    if (failure === undefined) return this.#settled(message, unclearWords(answer));
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

function unclearWords({ status, isPage }: ApiAnswer): string {
  return isPage === true ? pageWords('Twilio') : `Twilio answered ${String(status)}`;
}
