/**
 * Signs that the homeserver was restarted, or we were away: Synapse keeps events that it has yet to bring in memory, and
 * loses them when it crashes. A sign is no proof: whoever hears one looks.
 */
import type { PingResult, Service } from '../ping.ts';

export type RestartSign = 'ping-failed' | 'connection-lost' | 'transaction-id-fell';

export class RestartSigns {
  readonly #listeners = new Set<(sign: RestartSign) => void>();
  readonly #hearers = new Set<() => void>();
  readonly #failing = new Set<Service>();
  /** The newest transaction id of each service. */
  readonly #newest = new Map<Service, number>();

  /** Each sign, until the returned function is called. */
  on(listener: (sign: RestartSign) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Each answer of the homeserver to a ping. */
  onAnswer(hearer: () => void): void {
    this.#hearers.add(hearer);
  }

  /** Pings that fail in a row are one sign. A refusal is an answer: the homeserver is there. */
  pinged(service: Service, result: PingResult): void {
    const away = !result.ok && (result.error.kind === 'down' || result.error.kind === 'unclear');
    if (!away) {
      this.#failing.delete(service);
      for (const hearer of this.#hearers) hearer();
      return;
    }
    if (this.#failing.has(service)) return;
    this.#failing.add(service);
    this.#tell('ping-failed');
  }

  /** Ids rise, and a repeat has the same one; on SQLite Synapse counts from 1 again after a restart (synapse#14556). */
  transaction(service: Service, id: string): void {
    const number = Number(id);
    if (!Number.isSafeInteger(number)) return;
    const before = this.#newest.get(service);
    this.#newest.set(service, number);
    if (before !== undefined && number < before) this.#tell('transaction-id-fell');
  }

  connectionLost(): void {
    this.#tell('connection-lost');
  }

  #tell(sign: RestartSign): void {
    for (const listener of this.#listeners) listener(sign);
  }
}
