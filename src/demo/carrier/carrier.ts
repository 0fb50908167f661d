/**
 * The simulated carrier: a strict SMSC over TCP that shares nothing with Gatehouse but the codec. It refuses what a
 * real one would, keeps texts until they are answered, sends receipts, and goes wrong where a faults file says so.
 */
import net from 'node:net';
import type { Clock } from '../../core/clock.ts';
import type { Bind, WireAddress } from '../../networks/smpp/codec/pdu.ts';
import { status } from '../../networks/smpp/codec/status.ts';
import { CarrierLog } from './carrier-log.ts';
import { Client } from './client.ts';
import { CustomerPdus } from './customer-pdus.ts';
import { DeliveryQueue, type Delivered, type Delivery } from './delivery-queue.ts';
import { Faults } from './faults.ts';
import { SubmitDesk } from './submit-desk.ts';

export interface CarrierOptions {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly systemId: string;
  readonly password: string;
  /** The file that JSON lines are appended to. */
  readonly log: string;
  /** A JSON file as `faults.ts` describes it. */
  readonly faults?: string | undefined;
  readonly clock: Clock;
}

export interface CustomerText {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export interface Carrier {
  /** `host:port` that it listens on. */
  readonly address: string;
  /** A customer writes: kept in order and given again until it is answered. @returns its id. */
  deliver(text: CustomerText): string;
  /** Resolves with true once that text was answered with 0, with false when the carrier closes or gives it up first. */
  delivered(id: string): Promise<boolean>;
  /** Connects to a client that waits for it, and asks it to bind as receiver. */
  outbind(host: string, port: number): void;
  /** How many clients are bound. */
  bound(): number;
  /** Throws away what waits, as carriers do after some days. */
  giveUp(): void;
  /** Drops the connections that are bound so. */
  unbind(command: Bind['command']): void;
  /** Drops all connections, as a network failure does; what is undelivered stays. */
  disconnect(): void;
  close(): Promise<void>;
}

const maxClients = 8;

/** @throws Error when the address is taken, or the faults file isn't valid. */
export async function runCarrier(options: CarrierOptions): Promise<Carrier> {
  const carrier = new RunningCarrier(options);
  await carrier.listen();
  return carrier;
}

class RunningCarrier implements Carrier {
  readonly #options: CarrierOptions;
  readonly #log: CarrierLog;
  readonly #faults: Faults;
  readonly #queue: DeliveryQueue;
  readonly #submits: SubmitDesk;
  readonly #server: net.Server;
  readonly #clients = new Set<Client>();
  readonly #bound = new Set<Client>();
  readonly #texts: CustomerPdus;
  #count = 0;

  constructor(options: CarrierOptions) {
    this.#options = options;
    const { clock } = options;
    this.#faults = new Faults(options.faults);
    this.#log = new CarrierLog(options.log, clock);
    const faults = this.#faults;
    this.#texts = new CustomerPdus(faults);
    this.#queue = new DeliveryQueue({ clock, faults, send: (pdu, of) => this.#send(pdu, of) });
    const queue = this.#queue;
    this.#submits = new SubmitDesk({ clock, faults, log: this.#log, queue });
    this.#server = net.createServer((socket) => {
      this.#connected(socket);
    });
  }

  get address(): string {
    const bound = this.#server.address();
    if (bound === null || typeof bound === 'string') throw new Error('the carrier does not listen');
    return `${bound.address}:${bound.port}`;
  }

  listen(): Promise<void> {
    const { listen } = this.#options;
    const colon = listen.lastIndexOf(':');
    const [host, port] = [listen.slice(0, colon), Number(listen.slice(colon + 1))];
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  deliver({ from, to, text }: CustomerText): string {
    this.#count += 1;
    const id = `d${this.#count}`;
    this.#queue.add({
      id,
      text,
      pdus: this.#texts.pdusOf({ source: wireAddress(from), destination: wireAddress(to), text }),
    });
    return id;
  }

  delivered(id: string): Promise<boolean> {
    return this.#queue.delivered(id);
  }

  bound(): number {
    return this.#bound.size;
  }

  outbind(host: string, port: number): void {
    const { systemId, password } = this.#options;
    const socket = net.connect(port, host, () => {
      client.outbind({ systemId, password });
    });
    const client = this.#connected(socket);
  }

  giveUp(): void {
    this.#queue.giveUp();
  }

  unbind(command: Bind['command']): void {
    for (const client of Array.from(this.#bound)) if (client.mode === command) client.close();
  }

  disconnect(): void {
    for (const client of this.#clients) client.close();
  }

  async close(): Promise<void> {
    this.#queue.close();
    this.#submits.close();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.disconnect();
    await closed;
    this.#log.close();
  }

  #connected(socket: net.Socket): Client {
    const { clock, systemId, password } = this.#options;
    const client = new Client(socket, {
      clock,
      log: this.#log,
      admit: (bind) => {
        if (bind.systemId !== systemId) return status.invalidSystemId;
        if (bind.password !== password) return status.invalidPassword;
        return this.#bound.size >= maxClients ? status.alreadyBound : status.ok;
      },
      bound: (one) => {
        this.#bound.add(one);
        this.#queue.resume();
      },
      submit: (pdu, one) => {
        this.#submits.take(pdu, one);
      },
      asked: (query) => this.#submits.asked(query),
      gone: (one) => {
        this.#clients.delete(one);
        this.#bound.delete(one);
      },
    });
    this.#clients.add(client);
    return client;
  }

  #send(pdu: Delivered, of: Delivery): Promise<number | undefined> {
    const client = Array.from(this.#bound).findLast((one) => one.receives);
    return client?.deliver(pdu, { text: of.text, id: of.id }) ?? Promise.resolve(undefined);
  }
}

function wireAddress(written: string): WireAddress {
  const number = /^\+?(\d+)$/u.exec(written)?.[1];
  if (number === undefined) return { ton: 5, npi: 0, value: written.slice(0, 11) };
  return number.length < 7 ? { ton: 3, npi: 0, value: number } : { ton: 1, npi: 1, value: number };
}
