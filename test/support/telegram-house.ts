/** A Telegram connector over the simulator, with a core that keeps what it records. */
import { must, parseAddress, parsePosition, type Address } from '../../src/core/ids.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Connector } from '../../src/core/ports/connector.ts';
import type { OutboundMessage } from '../../src/core/ports/outbound.ts';
import { createFetching, type Fetching } from '../../src/networks/fetch/fetching.ts';
import { telegram } from '../../src/networks/telegram/telegram.ts';
import { TestCore } from '../contract/networks/test-core.ts';
import { countedClock } from '../contract/networks/counted-clock.ts';
import { until } from './carrier.ts';
import { TelegramSimulator, telegramToken } from './simulators/telegram/telegram.ts';

export const kim = { id: 7_700_111, first_name: 'Kim', username: 'kimc' };
export const botLine = must(parseAddress('@acmebot'));
export const kimsAddress = must(parseAddress(`tg:${String(kim.id)}`));

export interface HouseOptions {
  readonly lines?: readonly Address[];
  readonly clock?: Clock;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Telegram's own servers, which call over TLS only. */
  readonly strictWebhooks?: boolean;
}

export class TelegramHouse implements AsyncDisposable {
  readonly sim: TelegramSimulator;
  core: TestCore;
  connector: Connector;
  readonly #options: HouseOptions;
  readonly #fetching: Fetching;
  #position = 0;

  private constructor(sim: TelegramSimulator, options: HouseOptions) {
    this.sim = sim;
    this.#options = options;
    this.#fetching = createFetching({ clock: options.clock ?? countedClock() });
    this.core = this.#core(new Map());
    this.connector = this.#open();
  }

  /** Not started yet. */
  static async make(options: HouseOptions = {}): Promise<TelegramHouse> {
    const sim = await TelegramSimulator.start({ local: options.strictWebhooks !== true });
    sim.addPerson(kim);
    return new TelegramHouse(sim, options);
  }

  static async started(options: HouseOptions = {}): Promise<TelegramHouse> {
    const house = await TelegramHouse.make(options);
    await house.start();
    return house;
  }

  async start(state = 'connected'): Promise<void> {
    await this.connector.start();
    await this.stands(state);
  }

  /** Another process over what is on disk. */
  async restart(kv = this.core.kv, state = 'connected'): Promise<void> {
    await this.connector.stop(2_000);
    this.core = this.#core(kv);
    this.connector = this.#open();
    await this.start(state);
  }

  async stands(state: string): Promise<void> {
    await until(state, () => this.core.state === state);
  }

  get detail(): string {
    return this.core.states.at(-1)?.detail ?? '';
  }

  message(text: string, more: Partial<OutboundMessage> = {}): OutboundMessage {
    this.#position += 1;
    const position = must(parsePosition(this.#position));
    return { position, attempt: 1, from: botLine, to: kimsAddress, text, ...more };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connector.stop(2_000);
    await this.sim.close();
    await this.#fetching[Symbol.asyncDispose]();
  }

  #core(kv: Map<string, Uint8Array>): TestCore {
    const { lines = [botLine], clock = countedClock() } = this.#options;
    return new TestCore({ kv, clock, lines, fetching: this.#fetching });
  }

  #open(): Connector {
    return telegram.open(this.core.context(), {
      token: telegramToken,
      apiUrl: this.sim.url,
      ...{
        perSecond: 1_000,
        perChatPerSecond: 1_000,
        perGroupPerMinute: 60_000,
        responseTimeout: '5s',
        pollTimeout: '2s',
      },
      reconnect: { first: '5ms', most: '20ms', refused: '20ms' },
      ...this.#options.config,
    });
  }
}
