/** A connector on a real Prosody, and people at clients around it. */
import { must, parseAddress, parsePosition, type Address, type RemoteId } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../../src/core/ports/outbound.ts';
import { xmpp } from '../../../src/networks/xmpp/xmpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { until } from '../carrier.ts';
import { XmppClient } from './client.ts';
import { componentDomain, componentSecret, prosodyDomain, startProsody, type Prosody } from './prosody.ts';

export const salesLine = must(parseAddress(`sales@${componentDomain}`));
export const helpLine = must(parseAddress(`help@${componentDomain}`));

export function addressOf(name: string): Address {
  return must(parseAddress(`${name}@${prosodyDomain}`));
}

export class XmppHouse {
  readonly prosody: Prosody;
  core: TestCore;
  connector: Connector;
  readonly #clients: XmppClient[] = [];
  readonly #config: Readonly<Record<string, unknown>>;
  #positions = 0;

  private constructor(prosody: Prosody, config: Readonly<Record<string, unknown>>, core: TestCore) {
    this.prosody = prosody;
    this.#config = config;
    this.core = core;
    this.connector = this.#open();
  }

  /** Connected, with two lines. `given` is put into the connector's config; `before` is done before it connects. */
  static async start(
    given: Readonly<Record<string, unknown>> = {},
    before: (house: XmppHouse) => Promise<void> = () => Promise.resolve(),
  ): Promise<XmppHouse> {
    const prosody = await startProsody();
    const house = new XmppHouse(prosody, given, new TestCore({ lines: [salesLine, helpLine] }));
    await before(house);
    await house.connect();
    return house;
  }

  async connect(): Promise<void> {
    await this.connector.start();
    await until('connected', () => this.core.state === 'connected');
  }

  /** Another process over what is on disk; `gate` stands before its commits. */
  async restart(kv = this.core.kv, gate?: TestCore['gate']): Promise<void> {
    await this.connector.stop(2_000);
    this.core = new TestCore({ lines: [salesLine, helpLine], kv });
    if (gate !== undefined) this.core.gate = gate;
    this.connector = this.#open();
    await this.connect();
  }

  /** Somebody at a client; the account is made. */
  async client(name: string, resource = 'phone'): Promise<XmppClient> {
    this.prosody.account(name);
    const client = await XmppClient.connect(this.prosody.c2sPort, name, resource);
    this.#clients.push(client);
    return client;
  }

  message(to: Address, text: string, from = salesLine): OutboundMessage {
    this.#positions += 1;
    return { position: must(parsePosition(this.#positions)), attempt: 1, from, to, text };
  }

  send(to: Address, text: string): Promise<SendResult> {
    return this.connector.send(this.message(to, text));
  }

  /** A text that the server took. */
  async sent(to: Address, text: string): Promise<RemoteId> {
    const result = await this.send(to, text);
    const [id] = result.state === 'sent' ? result.ids : [];
    if (id === undefined) throw new Error(`not sent: ${JSON.stringify(result)}`);
    return id;
  }

  /** Resolves when everything that the clients wrote so far has been worked through. */
  async settled(client: XmppClient): Promise<void> {
    const id = client.say(salesLine, 'settled?', "<request xmlns='urn:xmpp:receipts'/>");
    await until('what was written before', () => client.answered(id).receipts > 0);
  }

  /** The texts on record, without those of `settled`. */
  get texts(): string[] {
    return this.core.heard.filter((text) => text !== 'settled?');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connector.stop(2_000);
    for (const client of this.#clients) client.close();
    await this.prosody[Symbol.asyncDispose]();
  }

  #open(): Connector {
    return xmpp.open(this.core.context(), {
      host: '127.0.0.1',
      port: this.prosody.componentPort,
      domain: componentDomain,
      secret: componentSecret,
      server: prosodyDomain,
      names: { [salesLine]: 'Sales' },
      reconnect: { first: '20ms', most: '100ms', conflict: '50ms' },
      answerTimeout: '5s',
      ...this.#config,
    });
  }
}
