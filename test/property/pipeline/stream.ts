/**
 * How the homeserver brings events to one appservice: one transaction after another, the same again until it is
 * answered with 200, sometimes twice at once. Its transaction ids begin anew with each of its lives.
 */
import type { Answer } from '../../../src/matrix/receive.ts';
import type { Judge } from './judge.ts';
import type { Process } from './process.ts';
import type { Service, Synapse, SynapseEvent } from './synapse.ts';

/** What becomes of a delivery: its answer arrives, or is lost, or it is made twice at once. */
export type Fate = 'answered' | 'lost' | 'twice';

interface Transaction {
  readonly id: string;
  readonly events: readonly SynapseEvent[];
  /** Deliveries that wait for an answer. */
  open: number;
}
interface Surroundings {
  readonly synapse: Synapse;
  readonly judge: Judge;
  readonly trace: (words: string) => void;
}

/** Deliveries of one transaction at the same time: the second one because the first took too long. */
const MOST_OPEN = 2;

export class Stream {
  readonly service: Service;
  readonly #world: Surroundings;
  /** Events that were acknowledged. */
  #brought: number;
  #lastId = 0;
  #current: Transaction | undefined;
  #connection = {};

  constructor(service: Service, world: Surroundings, brought: number) {
    this.service = service;
    this.#world = world;
    this.#brought = brought;
  }

  get brought(): number {
    return this.#brought;
  }

  /** Whether there is something to bring, or to bring again. */
  get hasMore(): boolean {
    return this.#current === undefined
      ? this.#brought < this.#world.synapse.stream(this.service).length
      : this.#current.open === 0;
  }

  get canRepeat(): boolean {
    return this.#current !== undefined && this.#current.open < MOST_OPEN;
  }

  /** @param most events in a new transaction */
  deliver(process: Process, most: number, fate: Fate): void {
    if (!this.hasMore && !this.canRepeat) return;
    const transaction = (this.#current ??= this.#next(most));
    for (let copy = 0; copy < (fate === 'twice' ? MOST_OPEN : 1); copy += 1) {
      transaction.open += 1;
      const words = transaction.events.map((event) => `${event.event_id} ${event.type}`).join(', ');
      this.#world.trace(`${this.service} stream brings transaction ${transaction.id}: ${words} (${fate})`);
      const connection = this.#connection;
      process
        .bring(this.service, { id: transaction.id, body: bodyOf(transaction.events, this.service) })
        .then((answer) => (connection === this.#connection ? this.#answered(transaction, answer, fate) : undefined))
        .catch(rethrow);
    }
  }

  /** The process that had it is dead. */
  disconnect(): void {
    this.#connection = {};
    if (this.#current !== undefined) this.#current.open = 0;
  }

  /** The homeserver begins a new life: what is not acknowledged is brought again under its old id, the rest under new ones. */
  restart(): void {
    this.disconnect();
    this.#lastId = 0;
  }

  #next(most: number): Transaction {
    this.#lastId += 1;
    const from = this.#brought;
    return {
      id: String(this.#lastId),
      events: this.#world.synapse.stream(this.service).slice(from, from + most),
      open: 0,
    };
  }

  async #answered(transaction: Transaction, { status }: Answer, fate: Fate): Promise<void> {
    transaction.open -= 1;
    if (fate === 'lost' || status !== 200) return;
    await this.#world.judge.acknowledged(transaction.events);
    if (this.#current !== transaction) return;
    this.#brought += transaction.events.length;
    this.#current = undefined;
  }
}

/** Each stream gives an event an age and a receiver of its own. */
function bodyOf(events: readonly SynapseEvent[], service: Service): Uint8Array {
  const brought = events.map(
    ({ said: _, afterForgetting: _again, redacted: _redacted, outlived: _outlived, ...event }) => ({
      ...event,
      unsigned: { age: service === 'bridge' ? 60 : 70 },
      user_id: event.sender,
    }),
  );
  return Buffer.from(JSON.stringify({ events: brought }));
}

/** A receiver never throws; if one does, the history ends here. */
function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
