/**
 * The networks' side of the world: texts that customers wrote and that wait to be acknowledged, what was submitted, and
 * receipts. A text is brought until it is acknowledged; the next one of the same customer comes after it.
 */
import { must, parseRemoteId, type Address, type RemoteId } from '../../../src/core/ids.ts';
import type { OutboundMessage } from '../../../src/core/ports/outbound.ts';
import type { Line } from '../../../src/core/line.ts';
import type { Customer } from './house-rules.ts';

export interface CustomerText {
  readonly id: string;
  readonly from: Customer;
  readonly text: string;
  /** How often it was brought. */
  attempts: number;
  /** Deliveries that the network has an acknowledgement of. */
  readonly acknowledged: number[];
  /** The delivery that waits for an answer, if one does. */
  open: number | undefined;
}

/** One text that the network took. */
export interface Taken {
  readonly message: OutboundMessage;
  readonly id: RemoteId;
  readonly line: Line;
}

export interface Receipt {
  readonly id: RemoteId;
  readonly line: Line;
  readonly state: 'delivered' | 'failed';
  acknowledged: boolean;
  open: boolean;
}

const receipt = { acknowledged: false, open: false };

export class Provider {
  readonly texts: CustomerText[] = [];
  readonly taken: Taken[] = [];
  readonly receipts: Receipt[] = [];
  /** Records of whose submission nobody in the house can know what became: an answer was lost, or a process. */
  readonly unclear = new Set<number>();
  #count: number;

  /** @param count ids up to this one were given out before */
  constructor(count: number) {
    this.#count = count;
  }

  write(from: Customer, text: string): void {
    this.#count += 1;
    const id = `in-${String(this.#count)}`;
    this.texts.push({ id, from, text, attempts: 0, acknowledged: [], open: undefined });
  }

  /** Texts that may be brought now: of each customer the first without an acknowledgement. */
  waiting(): readonly CustomerText[] {
    const seen = new Set<Address>();
    return this.texts.filter((text) => {
      if (text.acknowledged.length > 0 || seen.has(text.from.address)) return false;
      seen.add(text.from.address);
      return text.open === undefined;
    });
  }

  receiptsWaiting(): readonly Receipt[] {
    return this.receipts.filter((receipt) => !receipt.acknowledged && !receipt.open);
  }

  /** Takes a text; the handset will have it, or not. */
  take(line: Line, message: OutboundMessage): RemoteId {
    this.#count += 1;
    const id = must(parseRemoteId(`sm-${String(this.#count)}`));
    this.taken.push({ message, id, line });
    const state = this.#count % 5 === 0 ? 'failed' : 'delivered';
    // Of every other text the network tells nothing more.
    if (this.#count % 2 === 0 || state === 'failed') this.receipts.push({ ...receipt, id, line, state });
    return id;
  }

  /** What a network that knows our own ids says of one. */
  knows(line: Line, position: string): boolean {
    return this.taken.some((one) => one.line === line && String(one.message.position) === position);
  }

  /** The house's process is gone: nobody answers what it was given. */
  disconnect(): void {
    for (const text of this.texts) text.open = undefined;
    for (const receipt of this.receipts) receipt.open = false;
  }
}
