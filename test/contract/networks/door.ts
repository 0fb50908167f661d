/** The webhooks listener of the product on a free loopback port: what a provider that calls us finds. */
import { must, parseConnectorId } from '../../../src/core/ids.ts';
import type { FollowedLink, LinkedFile, Webhook } from '../../../src/core/ports/webhook.ts';
import type { Listener } from '../../../src/http/listener.ts';
import { startWebhookListener } from '../../../src/http/webhook-listener.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';

const connector = must(parseConnectorId('carrier'));

export class Door implements AsyncDisposable {
  /** What the listener logged. */
  readonly log: KeptLog;
  /** What it counted. */
  readonly metrics: KeptMetrics;
  readonly #port: number;
  #listener: Listener | undefined;
  #webhook: Webhook | undefined;
  /** By the word that each is fetched by, whatever happens to the connector. */
  readonly #laid = new Map<string, LinkedFile>();

  private constructor({ listener, log, metrics }: Made) {
    this.#listener = listener;
    this.#port = listener.address.port;
    this.log = log;
    this.metrics = metrics;
  }

  static async make(): Promise<Door> {
    const [log, metrics] = [new KeptLog(), new KeptMetrics()];
    const made: { door?: Door } = {};
    const asked = { webhook: () => made.door?.webhook, file: (word: string) => made.door?.file(word) };
    const listener = await listenAt({ port: 0, log, metrics, ...asked });
    made.door = new Door({ listener, log, metrics });
    return made.door;
  }

  /** Where the provider reaches the connector: `http://127.0.0.1:.../webhooks/carrier`. */
  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}/webhooks/${connector}`;
  }

  get webhook(): Webhook | undefined {
    return this.#webhook;
  }

  /** Where a file can be fetched from now on. */
  lay(file: LinkedFile): string {
    const word = `file-${String(this.#laid.size)}`;
    this.#laid.set(word, file);
    return `${this.url}?file=${word}`;
  }

  file(word: string): LinkedFile | undefined {
    return this.#laid.get(word);
  }

  /** From now on this one is asked. */
  answeredBy(webhook: Webhook): void {
    this.#webhook = webhook;
  }

  /** Nobody listens: connections are refused. */
  async shut(): Promise<void> {
    this.#webhook = undefined;
    const listener = this.#listener;
    this.#listener = undefined;
    await listener?.[Symbol.asyncDispose]();
  }

  /** Listens again, at the same address. */
  async open(): Promise<void> {
    const { log, metrics } = this;
    const asked = { webhook: () => this.#webhook, file: (word: string) => this.file(word) };
    this.#listener ??= await listenAt({ port: this.#port, log, metrics, ...asked });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shut();
  }
}

interface Made {
  readonly listener: Listener;
  readonly log: KeptLog;
  readonly metrics: KeptMetrics;
}

function listenAt({
  port,
  log,
  metrics,
  webhook,
  file,
}: Omit<Made, 'listener'> & {
  readonly port: number;
  readonly webhook: () => Webhook | undefined;
  readonly file: (word: string) => LinkedFile | undefined;
}): Promise<Listener> {
  const at = { host: '127.0.0.1', port };
  const follow = (_connector: unknown, word: string): Promise<FollowedLink> => {
    const found = file(word);
    return Promise.resolve(found === undefined ? { is: 'unknown' } : { is: 'file', file: found });
  };
  return startWebhookListener({ at, connectors: [connector], webhookOf: webhook, follow, log, metrics });
}
