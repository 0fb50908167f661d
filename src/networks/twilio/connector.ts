/** SMS and MMS over Twilio: joins webhook, list, sends and files into the connector that the core knows. */
import type { Millis, RemoteId } from '../../core/ids.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type {
  Connector,
  ConnectorContext,
  ConnectorState,
  FileFetched,
  FileWish,
  NetworkEvent,
} from '../../core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import { endWithin } from '../end-within.ts';
import { ReachWatch } from '../reach-watch.ts';
import { webPage } from '../web-page.ts';
import { TwilioApi } from './api.ts';
import { Attempts, type Became } from './attempts.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { TwilioConfig } from './config.ts';
import { fetchTwilioFile } from './file-fetch.ts';
import { isListing } from './listing.ts';
import { missedSince } from './missed.ts';
import { Outbound } from './outbound.ts';
import { Richer } from './richer.ts';
import { twilioWebhook } from './webhook.ts';

/** Twilio's ids begin with two letters; a position has none. */
const POSITION = /^\d+$/u;
const notTwilio = 'what answers is not Twilio: look at api, and at what stands between';

export class TwilioConnector implements Connector {
  readonly #ctx: ConnectorContext;
  readonly #api: TwilioApi;
  readonly #attempts: Attempts;
  readonly #richer: Richer;
  readonly #watch: ReachWatch;
  readonly #outbound: Outbound;
  readonly #can: Capabilities;

  /** @throws Error where the config has no `publicUrl` */
  constructor(ctx: ConnectorContext, config: TwilioConfig) {
    const { url } = ctx.http;
    if (url === undefined) throw new Error(`publicUrl is missing: Twilio calls ${ctx.id} there`);
    this.#ctx = ctx;
    this.#can = capabilitiesOf(config);
    this.#api = new TwilioApi(ctx, config);
    this.#attempts = new Attempts(ctx, this.#api);
    this.#richer = new Richer(ctx);
    this.#watch = new ReachWatch(ctx, { provider: 'Twilio', ask: () => this.#ask(), reached: () => this.#tidy() });
    const { attempts, watch, api } = { attempts: this.#attempts, watch: this.#watch, api: this.#api };
    this.#outbound = new Outbound({ ctx, config, api, attempts, watch, url });
    ctx.http.onRequest(twilioWebhook({ ctx, config, richer: this.#richer, url }));
  }

  async start(): Promise<void> {
    this.#ctx.state({ name: 'starting' });
    await this.#attempts.load();
    this.#watch.start();
  }

  /** Who waits for an answer gets a part of the time for it. */
  async stop(deadlineMs: number): Promise<void> {
    await endWithin({
      clock: this.#ctx.clock,
      deadlineMs,
      ended: Promise.all([this.#outbound.stop(), this.#watch.stop()]),
      cut: () => {
        this.#api.end();
      },
      parts: [0.6, 0.2],
    });
    this.#ctx.state({ name: 'stopped' });
  }

  capabilities(): Capabilities {
    return this.#can;
  }

  refuses(message: Pick<OutboundMessage, 'text' | 'file'>): ReturnType<Outbound['refuses']> {
    return this.#outbound.refuses(message);
  }

  place(message: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined {
    return this.#outbound.place(message);
  }

  send(message: OutboundMessage): Promise<SendResult> {
    return this.#outbound.send(message);
  }

  fetchFile(wish: FileWish): Promise<FileFetched> {
    return fetchTwilioFile(wish, { ctx: this.#ctx, api: this.#api });
  }

  missed(since: Millis): AsyncIterable<NetworkEvent> {
    return missedSince(since, { ctx: this.#ctx, api: this.#api, richer: this.#richer });
  }

  /** By Twilio's id, or by the position of a send that is not long over. @throws FetchFailed */
  query(id: RemoteId): Promise<Became | undefined> {
    return POSITION.test(id) ? this.#attempts.became(id) : this.#attempts.bySid(id);
  }

  /** With the very right that the connector needs: a restricted key may have no other. */
  async #ask(): Promise<number | ConnectorState> {
    const { status, body, isPage } = await this.#api.get(`${this.#api.account}/Messages.json?PageSize=1`);
    if (isPage === true) return webPage('Twilio');
    if (status === 200 && !isListing(body)) return { name: 'connecting', detail: notTwilio };
    return status;
  }

  async #tidy(): Promise<void> {
    try {
      await this.#attempts.tidy();
      await this.#richer.forgetOld();
    } catch (error) {
      this.#ctx.log.error('twilio.not-tidied', {}, error);
    }
  }
}
