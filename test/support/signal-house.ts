/** A Signal connector over the simulated signal-cli, with a core that keeps what it records. */
import { systemClock } from '../../src/core/clock.ts';
import { must, parseAddress, parsePosition, type Address } from '../../src/core/ids.ts';
import type { Connector } from '../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../src/core/ports/outbound.ts';
import { createFetching } from '../../src/networks/fetch/fetching.ts';
import { signal } from '../../src/networks/signal/signal.ts';
import { TestCore } from '../contract/networks/test-core.ts';
import { until } from './carrier.ts';
import type { Customer, Said } from './simulators/signal/customer.ts';
import type { Daemon } from './simulators/signal/daemon.ts';
import { startSignal, type SignalOptions, type SimulatedSignal } from './simulators/signal/simulator.ts';

export const ourLine = must(parseAddress('+12025550100'));
export const secondLine = must(parseAddress('+12025550101'));
export const ann = must(parseAddress('+12025550199'));
export const groupId = must(parseAddress('Pmpi+EfPWmsxiomLe9Nx2XF9HOE483p6iKiFj65iMwI='));

export interface Running {
  readonly core: TestCore;
  readonly connector: Connector;
}

export interface RunOptions {
  readonly lines?: readonly Address[];
  /** What an earlier process noted. */
  readonly kv?: Map<string, Uint8Array>;
  /** Further settings of the connector. */
  readonly config?: object;
  /** To wait for. */
  readonly state?: string;
}

export class SignalHouse implements AsyncDisposable {
  readonly sim: SimulatedSignal;
  readonly #undo = new AsyncDisposableStack();

  private constructor(sim: SimulatedSignal) {
    this.sim = this.#undo.use(sim);
  }

  static async open(options: SignalOptions = {}): Promise<SignalHouse> {
    return new SignalHouse(await startSignal(options));
  }

  get daemon(): Daemon {
    return this.sim.daemon;
  }

  /** A process with the connector, stopped with the house. */
  async run(daemon: string, options: RunOptions = {}): Promise<Running> {
    const { lines = [ourLine], kv, config = {}, state = 'connected' } = options;
    const fetching = this.#undo.use(createFetching({ clock: systemClock, fetchFrom: [] }));
    const core = new TestCore({ lines, fetching, ...(kv === undefined ? {} : { kv }) });
    const quick = { sendTimeout: '2s', reconnect: { first: '20ms', most: '50ms' } };
    const connector = signal.open(core.context(), { daemon, ...quick, ...config });
    this.#undo.defer(() => connector.stop(1_000));
    await connector.start();
    await until(state, () => core.state === state);
    return { core, connector };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.disposeAsync();
  }
}

/** The words are on their way; whether they were taken in shows at the connector. */
export function says(customer: Customer, said: Said): void {
  customer.says(said).catch(() => undefined);
}

export function outbound(text: string, more: Partial<OutboundMessage> = {}): OutboundMessage {
  return { position: must(parsePosition(1)), attempt: 1, from: ourLine, to: ann, text, ...more };
}

/** What compliance was told. */
export function alertsOf(core: TestCore): readonly string[] {
  return core.events.flatMap((event) => (event.kind === 'account' ? [event.alert] : []));
}
