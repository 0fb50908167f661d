/** Customers who text, Alice who answers, colleagues who talk: numbered, so that the judge can tell each from all others. */
import type { Client } from '../../src/demo/client.ts';
import { LINE_NUMBER, type House } from '../../src/demo/house.ts';
import type { EventId, RoomId } from '../../src/core/ids.ts';
import type { History } from './history.ts';
import { ghostOf } from './judge/evidence.ts';
import type { SeededRandom } from './seeded-random.ts';
import { steadily } from './steadily.ts';

/** Every so many texts one comes in three parts. */
const LONG_EVERY = 6;

export interface Rates {
  /** Seconds between two texts of one customer, two answers to one, and two asides of one colleague, on average. */
  readonly texts: number;
  readonly answers: number;
  readonly asides: number;
}

interface TrafficOptions {
  readonly house: House;
  readonly alice: Client;
  readonly bob: Client;
  readonly history: History;
  readonly random: SeededRandom;
}

type Colleague = 'alice' | 'bob';
const COLLEAGUES = ['alice', 'bob'] as const;

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #customers: string[] = [];
  readonly #rooms: RoomId[] = [];
  readonly #counts = new Map<string, number>();
  #stopping = new AbortController();
  #running: Promise<void>[] = [];

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  get customers(): readonly string[] {
    return this.#customers;
  }

  /** Rooms without a line. */
  get rooms(): readonly RoomId[] {
    return this.#rooms;
  }

  /** A customer whom Gatehouse has never heard of. */
  newcomer(): string {
    const number = `+1202555${String(3_000 + this.#customers.length)}`;
    this.#customers.push(number);
    return number;
  }

  /** A room in which Alice and Bob talk. Resolves when both are in it. */
  async openRoom(): Promise<RoomId> {
    const { alice, bob } = this.#options;
    const room = await alice.createRoom(`Deals ${String(this.#rooms.length + 1)}`, [bob.user]);
    await bob.until('the room of colleagues', (rooms) => rooms.find(({ id }) => id === room));
    this.#rooms.push(room);
    return room;
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
    const event = await this.#say(alice, room, text);
    if (event !== undefined) history.note({ what: 'said', customer, text, event });
    return true;
  }

  /** Words among colleagues, in the room of that number. */
  async aside(who: Colleague, index: number): Promise<void> {
    const room = this.#rooms[index % this.#rooms.length];
    if (room === undefined) return;
    const text = `Aside ${this.#next(`aside ${who}`)} of ${who}`;
    const { history } = this.#options;
    history.note({ what: 'chatting', room, who, text });
    const event = await this.#say(this.#options[who], room, text);
    if (event !== undefined) history.note({ what: 'chatted', room, who, text, event });
  }

  /** All ways at a steady rate until `stop`. */
  start(rates: Rates, customers: readonly string[] = this.#customers): void {
    for (const customer of customers) {
      this.#running.push(
        this.#steadily(rates.texts, () => {
          this.text(customer);
        }),
        this.#steadily(rates.answers, async () => {
          await this.answer(customer);
        }),
      );
    }
  }

  startAsides(rates: Pick<Rates, 'asides'>): void {
    for (const who of COLLEAGUES) {
      let count = 0;
      this.#running.push(
        this.#steadily(rates.asides, async () => {
          count += 1;
          await this.aside(who, count);
        }),
      );
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
    this.#running = [];
    this.#stopping = new AbortController();
  }

  /** Undefined when Synapse does not say that it has it: the next one has another text, so this is never said twice. */
  async #say(client: Client, room: RoomId, text: string): Promise<EventId | undefined> {
    try {
      return await client.say(room, text);
    } catch {
      this.#options.history.note({ what: 'unheard', text });
      return undefined;
    }
  }

  #steadily(seconds: number, act: () => Promise<void> | void): Promise<void> {
    return steadily(seconds, act, { random: this.#options.random, signal: this.#stopping.signal });
  }

  #next(of: string): number {
    const number = (this.#counts.get(of) ?? 0) + 1;
    this.#counts.set(of, number);
    return number;
  }

  #portalOf(customer: string): RoomId | undefined {
    const ghost = ghostOf(customer);
    for (const [room, events] of this.#options.alice.rooms) {
      if (events.some((one) => one.type === 'm.room.message' && one.sender?.startsWith(ghost) === true)) return room;
    }
    return undefined;
  }
}
