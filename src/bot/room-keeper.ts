/** Goes on until every room of the bots is there: a homeserver that is down at start must not leave a desk without one. */
import { wait, type Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { RoomMade } from './room-maker.ts';

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

export interface RoomKeeping {
  /** What is to be made, asked anew for each round. */
  readonly makers: () => Promise<readonly (() => Promise<RoomMade>)[]>;
  readonly clock: Clock;
  readonly log: Log;
}

export class RoomKeeper {
  readonly #keeping: RoomKeeping;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #round: Promise<number> = Promise.resolve(0);

  constructor(keeping: RoomKeeping) {
    this.#keeping = keeping;
  }

  start(): void {
    this.#running = this.#running.then(() => this.#untilDone());
  }

  /** Rounds never run side by side: two would make a room twice. */
  round(): Promise<number> {
    this.#round = this.#round.then(() => this.#oneRound());
    return this.#round;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#round;
  }

  async #untilDone(): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !this.#stop.signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      if ((await this.round()) === 0) return;
      await wait(this.#keeping.clock, waitMs, this.#stop.signal);
    }
  }

  async #oneRound(): Promise<number> {
    const { makers, log } = this.#keeping;
    let missing = 0;
    try {
      for (const make of await makers()) {
        if (this.#stop.signal.aborted) return missing;
        const made = await make();
        if (made.ok) continue;
        missing += 1;
        log.warn('bot.room-missing', { reason: made.error.kind });
      }
    } catch (error) {
      missing += 1;
      log.error('bot.room-failed', {}, error);
    }
    return missing;
  }
}
