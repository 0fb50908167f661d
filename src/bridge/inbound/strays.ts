/**
 * What comes for an address that is no line is on record and in nobody's room: a number that was forgotten in the config,
 * or one that the provider spells in another way. The desks hear of it, once a day for each address, in the commit that
 * records what came; after so many addresses a day no more is said, since each has the same cause.
 */
import type { Draft } from '../../core/entry.ts';
import type { Address, ConnectorId } from '../../core/ids.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { keepable } from '../../journal/entries/keepable.ts';
import { networkSource } from '../messages/message-projection.ts';

const ADDRESSES_A_DAY = 3;
const DAY_MS = 86_400_000;

export interface Stray {
  readonly event: NetworkEvent;
  readonly address: Address;
}

export class Strays {
  readonly #connector: ConnectorId;
  readonly #told = new Set<Address>();
  #day = 0;

  constructor(connector: ConnectorId) {
    this.#connector = connector;
  }

  /** For the commit of `strays`, those that were not told yet today. A repeat after a restart has the same id. */
  drafts(strays: readonly Stray[]): readonly Draft[] {
    const drafts = new Map<Address, Draft>();
    for (const stray of strays) {
      this.#begin(stray.event.at);
      const { address } = stray;
      const isNew = !this.#told.has(address) && !drafts.has(address);
      const draft = isNew && this.#told.size + drafts.size < ADDRESSES_A_DAY ? this.#draft(stray) : undefined;
      if (draft !== undefined) drafts.set(address, draft);
    }
    return [...drafts.values()];
  }

  /** `strays` are on record, and what is said of them too. */
  recorded(strays: readonly Stray[]): void {
    for (const { address } of strays) if (this.#told.size < ADDRESSES_A_DAY) this.#told.add(address);
  }

  #begin(at: number): void {
    const day = Math.floor(at / DAY_MS);
    if (day <= this.#day) return;
    this.#day = day;
    this.#told.clear();
  }

  /** Undefined where the journal can't keep such an address. */
  #draft({ event: { at }, address }: Stray): Draft | undefined {
    const alert =
      `Somebody wrote to ${address}, which is no line of this connector: it is on record, and nobody sees it. ` +
      'The admin can add a line with this address, spelled like this.';
    const id = `no-line/${String(this.#day)}/${address}`;
    const body = keepable('network.account', { connector: this.#connector, alert });
    const source = { system: networkSource(this.#connector), id: id.toWellFormed(), sure: true };
    return body === undefined ? undefined : { kind: 'network.account', at, source, body };
  }
}
