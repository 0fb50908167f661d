/** Customers who text and Alice who answers: numbered, so that the judge can tell each one from every other. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../src/demo/client.ts';
import { LINE_NUMBER, type House } from '../../src/demo/house.ts';
import type { RoomId } from '../../src/core/ids.ts';
import type { History } from './history.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Every so many texts one comes in three parts. */
const LONG_EVERY = 6;

export interface Rates {
  /** Seconds between two texts of one customer, and between two answers to one, on average. */
  readonly texts: number;
  readonly answers: number;
}

interface TrafficOptions {
  readonly house: House;
  readonly alice: Client;
  readonly history: History;
  readonly random: SeededRandom;
}

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #customers: string[] = [];
  readonly #counts = new Map<string, number>();
  #stopping = new AbortController();
  #running: Promise<void>[] = [];

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  get customers(): readonly string[] {
    return this.#customers;
  }

  /** A customer whom Gatehouse has never heard of. */
  newcomer(): string {
    const number = `+1202555${String(3_000 + this.#customers.length)}`;
    this.#customers.push(number);
    return number;
  }

  text(customer: string): void {
    const number = this.#next(`in ${customer}`);
    const long = number % LONG_EVERY === 0 ? ' and then they told me' + ' to ask you'.repeat(30) : '';
    const text = `Question ${number} of ${customer.slice(-4)}${long}`;
    const { history, house } = this.#options;
    history.note({ what: 'texted', customer, text });
    house.carrier.text({ from: customer, to: LINE_NUMBER, text });
  }

  /** False while there is no portal to answer in. */
  async answer(customer: string): Promise<boolean> {
    const room = this.#portalOf(customer);
    if (room === undefined) return false;
    const text = `Answer ${this.#next(`out ${customer}`)} to ${customer.slice(-4)}`;
    const { history, alice } = this.#options;
    history.note({ what: 'saying', customer, text });
    const event = await alice.say(room, text);
    history.note({ what: 'said', customer, text, event });
    return true;
  }

  /** Both ways at a steady rate until `stop`. */
  start(rates: Rates, customers: readonly string[] = this.#customers): void {
    for (const customer of customers) {
      this.#running.push(
        this.#steadily(rates.texts, () => {
          this.text(customer);
          return Promise.resolve();
        }),
        this.#steadily(rates.answers, async () => {
          await this.answer(customer);
        }),
      );
    }
  }

  /** @throws Error when Synapse refused something. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
    this.#running = [];
    this.#stopping = new AbortController();
  }

  async #steadily(seconds: number, act: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    const next = (): Promise<boolean> =>
      pause(this.#options.random.between(0.2, 1.8) * seconds * 1_000, true, { signal }).catch(() => false);
    while (await next()) await act();
  }

  #next(of: string): number {
    const number = (this.#counts.get(of) ?? 0) + 1;
    this.#counts.set(of, number);
    return number;
  }

  #portalOf(customer: string): RoomId | undefined {
    const ghost = `@_gh_sms_${customer.slice(1)}:`;
    for (const [room, events] of this.#options.alice.rooms) {
      if (events.some((one) => one.type === 'm.room.message' && one.sender?.startsWith(ghost) === true)) return room;
    }
    return undefined;
  }
}
