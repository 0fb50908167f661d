/**
 * What waits to be delivered to the client: in order per pair of numbers, each PDU again until it is answered with 0,
 * over whatever session is bound by then.
 */
import type { Clock } from '../../core/clock.ts';
import type { DataSm, ShortMessage } from '../../networks/smpp/codec/pdu.ts';
import type { Faults } from './faults.ts';

export type Delivered = ShortMessage | DataSm;

export interface Delivery {
  readonly id: string;
  readonly pdus: readonly Delivered[];
  readonly text: string;
}

/** Sends one PDU; resolves with the status of the answer, or undefined when none came or nobody is bound. */
export type SendDelivery = (pdu: Delivered, of: Delivery) => Promise<number | undefined>;

const firstPauseMs = 200;
const longestPauseMs = 5_000;
const maxWaiting = 100_000;

interface Chat {
  readonly waiting: Delivery[];
  /** PDUs of the first that are answered. */
  sent: number;
  pauseMs: number;
  busy: boolean;
  cancel: (() => void) | undefined;
}

export class DeliveryQueue {
  readonly #given: { readonly clock: Clock; readonly faults: Faults; readonly send: SendDelivery };
  readonly #chats = new Map<string, Chat>();
  readonly #watchers = new Map<string, (delivered: boolean) => void>();
  #size = 0;
  #closed = false;

  constructor(given: { readonly clock: Clock; readonly faults: Faults; readonly send: SendDelivery }) {
    this.#given = given;
  }

  /** @throws Error when very much waits already. */
  add(delivery: Delivery): void {
    const first = delivery.pdus[0];
    if (first === undefined || this.#closed) return;
    if (this.#size >= maxWaiting) throw new Error('too many texts wait for a client that takes none');
    this.#size += 1;
    const key = JSON.stringify([first.source.value, first.destination.value]);
    const chat = this.#chats.get(key) ?? { waiting: [], sent: 0, pauseMs: 0, busy: false, cancel: undefined };
    this.#chats.set(key, chat);
    chat.waiting.push(delivery);
    this.#advance(key, chat);
  }

  /** Resolves with true when every PDU of it was answered with 0, with false when the carrier closes first. */
  delivered(id: string): Promise<boolean> {
    const waits = Array.from(this.#chats.values()).some((chat) => chat.waiting.some((one) => one.id === id));
    if (!waits) return Promise.resolve(!this.#closed);
    return new Promise((resolve) => {
      this.#watchers.set(id, resolve);
    });
  }

  /** A client has bound: what waits goes on at once. */
  resume(): void {
    for (const [key, chat] of Array.from(this.#chats)) {
      chat.pauseMs = 0;
      chat.cancel?.();
      chat.cancel = undefined;
      this.#advance(key, chat);
    }
  }

  /** What waits has waited for too long: it is thrown away. */
  giveUp(): void {
    for (const [key, chat] of Array.from(this.#chats)) {
      chat.cancel?.();
      chat.cancel = undefined;
      chat.waiting.length = 0;
      chat.sent = 0;
      if (!chat.busy) this.#chats.delete(key);
    }
    this.#size = 0;
    for (const tell of this.#watchers.values()) tell(false);
    this.#watchers.clear();
  }

  close(): void {
    this.#closed = true;
    this.giveUp();
  }

  #advance(key: string, chat: Chat): void {
    if (chat.busy || chat.cancel !== undefined || this.#closed) return;
    chat.busy = true;
    this.#step(chat).then(
      (goOn) => {
        chat.busy = false;
        if (chat.waiting.length === 0) this.#chats.delete(key);
        else if (goOn) this.#advance(key, chat);
        else this.#later(key, chat);
      },
      () => {
        chat.busy = false;
        this.#later(key, chat);
      },
    );
  }

  #later(key: string, chat: Chat): void {
    if (this.#closed) return;
    chat.pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, chat.pauseMs * 2));
    chat.cancel = this.#given.clock.after(chat.pauseMs, () => {
      chat.cancel = undefined;
      this.#advance(key, chat);
    });
  }

  /** One PDU; true when it was answered with 0. */
  async #step(chat: Chat): Promise<boolean> {
    const delivery = chat.waiting[0];
    const pdu = delivery?.pdus[chat.sent];
    if (delivery === undefined || pdu === undefined) return true;
    if ((await this.#given.send(pdu, delivery)) !== 0) return false;
    if (chat.waiting[0] !== delivery) return true;
    if (this.#given.faults.strikes('duplicate')) await this.#given.send(pdu, delivery);
    chat.pauseMs = 0;
    chat.sent += 1;
    if (chat.sent < delivery.pdus.length) return true;
    chat.sent = 0;
    chat.waiting.shift();
    this.#size -= 1;
    this.#watchers.get(delivery.id)?.(true);
    this.#watchers.delete(delivery.id);
    return true;
  }
}
