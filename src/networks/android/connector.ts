/** SMS over a phone of the company's own: joins webhook, list, sends and files into the connector that the core knows. */
import type { Millis, RemoteId } from '../../core/ids.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { Connector, ConnectorContext, ConnectorState, FileFetched, FileWish } from '../../core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import { endWithin } from '../end-within.ts';
import { ReachWatch } from '../reach-watch.ts';
import { capabilitiesOf } from './capabilities.ts';
import { ClockWatch } from './clock-watch.ts';
import { CloudRefresh } from './cloud-refresh.ts';
import type { AndroidConfig } from './config.ts';
import { fetchAndroidFile } from './file-fetch.ts';
import { Gateway } from './gateway.ts';
import { HeardMms } from './heard-mms.ts';
import { missedSince } from './inbox.ts';
import { LineFinder } from './lines.ts';
import { Outbound } from './outbound.ts';
import { registerWebhooks } from './registration.ts';
import { Sendings } from './sendings.ts';
import { androidWebhook } from './webhook.ts';

const POSITION = /^\d+$/u;

export class AndroidConnector implements Connector {
  readonly #ctx: ConnectorContext;
  readonly #gateway: Gateway;
  readonly #sendings: Sendings;
  readonly #heard: HeardMms;
  readonly #watch: ReachWatch;
  readonly #outbound: Outbound;
  readonly #can: Capabilities;
  readonly #local: boolean;
  readonly #cloud: CloudRefresh;
  readonly #state: (state: ConnectorState) => void;
  /** On the phone's own server. */
  readonly missed?: NonNullable<Connector['missed']>;

  /** @throws Error where the config has no `publicUrl` */
  constructor(ctx: ConnectorContext, config: AndroidConfig) {
    const { url } = ctx.http;
    if (url === undefined) throw new Error(`publicUrl is missing: the phone of ${ctx.id} calls there`);
    this.#ctx = ctx;
    this.#can = capabilitiesOf(config);
    this.#local = config.server === 'local';
    this.#gateway = new Gateway(ctx, config);
    this.#sendings = new Sendings(ctx);
    this.#heard = new HeardMms(ctx);
    this.#cloud = new CloudRefresh(ctx, this.#gateway);
    const lines = new LineFinder(ctx.lines, config);
    const registration = { connector: ctx.id, url, deviceId: config.deviceId };
    const clock = new ClockWatch(ctx);
    this.#state = (now) => {
      clock.state(now);
    };
    this.#watch = new ReachWatch(
      { clock: ctx.clock, state: this.#state },
      {
        provider: 'the gateway',
        ask: () => registerWebhooks(this.#gateway, registration),
        reached: () => this.#reached(),
      },
    );
    const [gateway, sendings, heard, watch] = [this.#gateway, this.#sendings, this.#heard, this.#watch];
    this.#outbound = new Outbound({ ctx, config, gateway, sendings, lines, watch });
    if (this.#local) this.missed = (since: Millis) => missedSince(since, { ctx, gateway, lines, heard });
    ctx.http.onRequest(androidWebhook({ ctx, config, lines, heard, clock }));
  }

  async start(): Promise<void> {
    this.#state({ name: 'starting' });
    await this.#sendings.load();
    this.#watch.start();
  }

  /** Who waits for an answer gets a part of the time for it. */
  async stop(deadlineMs: number): Promise<void> {
    await endWithin({
      clock: this.#ctx.clock,
      deadlineMs,
      ended: Promise.all([this.#outbound.stop(), this.#watch.stop()]),
      cut: () => {
        this.#gateway.end();
      },
      parts: [0.6, 0.2],
    });
    this.#state({ name: 'stopped' });
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
    return fetchAndroidFile(wish, { gateway: this.#gateway, heard: this.#heard, local: this.#local });
  }

  /** By the name that the gateway has, or by our position. @throws FetchFailed */
  async query(id: RemoteId): ReturnType<NonNullable<Connector['query']>> {
    const name = POSITION.test(id) ? this.#sendings.nameAt(id) : id;
    return name === undefined ? undefined : this.#outbound.state(name);
  }

  async #reached(): Promise<void> {
    try {
      if (!this.#local) await this.#cloud.refresh();
      await this.#sendings.tidy();
      await this.#heard.forgetOld();
    } catch (error) {
      this.#ctx.log.error('android.not-tidied', {}, error);
    }
  }
}
