/** Stanzas that are being sent: what came back of them before their sending was over. */
import type { Clock } from '../../core/clock.ts';
import type { Bounce } from './stanzas/errors.ts';

export interface Flight {
  /** The chat, as `chatKey` names it. */
  readonly key: string;
  bounce?: Bounce;
  /** What the room calls it, once it has shown it. */
  echo?: string;
  heard: () => void;
}

export class Flights {
  readonly #clock: Clock;
  readonly #flights = new Map<string, Flight>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(id: string, key: string): Flight {
    const flight: Flight = { key, heard: () => undefined };
    this.#flights.set(id, flight);
    return flight;
  }

  end(id: string): void {
    this.#flights.delete(id);
  }

  /** @returns whether it was being sent to that chat. */
  bounced(id: string, key: string, bounce: Bounce): boolean {
    const flight = this.#flights.get(id);
    if (flight?.key !== key) return false;
    flight.bounce = bounce;
    flight.heard();
    return true;
  }

  echoed(id: string, key: string, echo: string): boolean {
    const flight = this.#flights.get(id);
    if (flight?.key !== key) return false;
    flight.echo = echo;
    flight.heard();
    return true;
  }

  /** The stream is gone: no echo comes. */
  drop(): void {
    for (const flight of Array.from(this.#flights.values())) flight.heard();
  }

  /** What the room calls it; undefined when it didn't say so in time, or gave it back. */
  echoOf(flight: Flight, withinMs: number): Promise<string | undefined> {
    if (flight.echo !== undefined || flight.bounce !== undefined) return Promise.resolve(flight.echo);
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        resolve(flight.echo);
      };
      const cancel = this.#clock.after(withinMs, done);
      flight.heard = done;
    });
  }
}
