/** A connector that is connected, and all around it: what an obligation is asked of. */
import { expect } from '@jest/globals';
import { must, noMillis, parseAddress, parsePosition, type Address, type RemoteId } from '../../src/core/ids.ts';
import type { Connector, NetworkEvent } from '../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../src/core/ports/outbound.ts';
import { until } from '../support/carrier.ts';
import type { MakeNetwork, Network } from './network.ts';
import { createFetching, type Fetching } from '../../src/networks/fetch/fetching.ts';
import { countedClock } from './networks/counted-clock.ts';
import { Door } from './networks/door.ts';
import { TestCore } from './networks/test-core.ts';

export const STOP_MS = 2_000;

export class Rig {
  readonly network: Network;
  readonly clock = countedClock();
  readonly door: Door;
  readonly line: Address;
  readonly customer: Address;
  /** Both are of the newest connector: another one over the same network takes its place after a restart. */
  core: TestCore;
  connector: Connector;
  readonly #fetching: Fetching;
  #positions = 0;

  constructor({ network, door }: Pick<Rig, 'network' | 'door'>) {
    this.network = network;
    this.door = door;
    this.#fetching = createFetching({ clock: this.clock, fetchFrom: network.fetchFrom ?? [] });
    this.line = network.line ?? must(parseAddress('+12025550100'));
    this.customer = network.customer ?? must(parseAddress('+12025550199'));
    this.core = this.#core();
    this.connector = network.open(this.core.context());
  }

  /** A message of the line's to the customer. */
  readonly outbound = (text: string): OutboundMessage => {
    this.#positions += 1;
    const position = must(parsePosition(this.#positions));
    return { position, attempt: 1, from: this.line, to: this.customer, text };
  };

  /** What an edit, a deletion or a reaction of ours names: `by` is who wrote what it is about. */
  change(ids: readonly RemoteId[], by = this.line) {
    const { position, from, to } = this.outbound('');
    return { position, from, to, ids, by };
  }

  /** A text that the network took. */
  async sent(text: string): Promise<readonly RemoteId[]> {
    const result = await this.connector.send(this.outbound(text));
    if (result.state === 'sent') return result.ids;
    throw new Error(`not sent: ${JSON.stringify(result)}`);
  }

  async start(): Promise<void> {
    await this.connector.start();
    await until('connected', () => this.core.state === 'connected');
  }

  /** Gatehouse is down from now on: nobody answers at its door. */
  async stop(): Promise<void> {
    await this.connector.stop(STOP_MS);
    await this.door.shut();
  }

  /** Another process over what is on disk: all of it, or what was there at a moment. */
  async restart(kv = this.core.kv): Promise<void> {
    await this.door.open();
    this.core = this.#core(kv);
    this.connector = this.network.open(this.core.context());
    await this.start();
  }

  async close(): Promise<void> {
    await this.connector.stop(STOP_MS);
    await this.network.close();
    await this.#fetching[Symbol.asyncDispose]();
  }

  #core(kv = new Map<string, Uint8Array>()): TestCore {
    return new TestCore({ kv, clock: this.clock, door: this.door, lines: [this.line], fetching: this.#fetching });
  }

  /** What the core does on start and hourly where the provider keeps a list. */
  async takeMissed(): Promise<void> {
    const context = this.core.context();
    for await (const event of this.connector.missed?.(noMillis) ?? []) await context.ingest(event);
  }

  /** The newest event of a kind. */
  newest<K extends NetworkEvent['kind']>(kind: K): Extract<NetworkEvent, { kind: K }> {
    const found = this.core.events.findLast(
      (event): event is Extract<NetworkEvent, { kind: K }> => event.kind === kind,
    );
    if (found === undefined) throw new Error(`no ${kind} came in`);
    return found;
  }
}

/** Runs one obligation against a fresh network and connector. */
export async function expectObligation(
  makeNetwork: MakeNetwork,
  obligation: (rig: Rig) => Promise<void>,
): Promise<void> {
  await using door = await Door.make();
  const rig = new Rig({ door, network: await makeNetwork({ door }) });
  try {
    await rig.start();
    await obligation(rig);
    expect(rig.core.unkept).toEqual([]);
  } finally {
    await rig.close();
  }
}
