/** Something faulty between every two processes of the house; what Synapse hands over is noted on its way. */
import { Closing } from '../../src/core/closing.ts';
import type { Reached } from '../../src/demo/house.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';

const REACHED = ['bridge', 'archive', 'synapse', 'carrier'] as const satisfies readonly Reached[];

export class Proxies implements AsyncDisposable {
  readonly #proxies = new Map<Reached, FaultyProxy>();
  readonly #closing = new Closing();
  /** Event ids in the order in which each stream first handed them over. */
  readonly handed = { bridge: new HandedOver(), archive: new HandedOver() };

  /** What `openHouse` asks for. */
  readonly between = async (to: Reached, port: number): Promise<number> => {
    const handed = to === 'bridge' || to === 'archive' ? this.handed[to] : undefined;
    const proxy = await FaultyProxy.open(port, (bytes) => {
      handed?.see(bytes);
    });
    this.#proxies.set(to, this.#closing.use(proxy));
    return proxy.port;
  };

  get all(): readonly (readonly [Reached, FaultyProxy])[] {
    return REACHED.map((to) => [to, this.to(to)]);
  }

  to(reached: Reached): FaultyProxy {
    const proxy = this.#proxies.get(reached);
    if (proxy === undefined) throw new Error(`nothing was put in front of ${reached}`);
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closing[Symbol.asyncDispose]();
  }
}

/** Longer than the longest name of an event in a transaction. */
const CARRY = 200;

class HandedOver {
  readonly #order = new Map<string, number>();
  #rest = '';

  /** Pieces of transactions, cut anywhere. */
  see(bytes: Buffer): void {
    const text = this.#rest + bytes.toString('latin1');
    for (const [, id = ''] of text.matchAll(/"event_id":"(\$[\w-]{43})"/gu)) {
      if (!this.#order.has(id)) this.#order.set(id, this.#order.size);
    }
    this.#rest = text.slice(-CARRY);
  }

  get order(): ReadonlyMap<string, number> {
    return this.#order;
  }
}
