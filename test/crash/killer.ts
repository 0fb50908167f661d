/** Ends Gatehouse by SIGKILL at moments that only the seed knows, and starts it again at once. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from '../../src/demo/child.ts';
import type { History } from './history.ts';
import type { SeededRandom } from './seeded-random.ts';

interface KillerOptions {
  readonly gatehouse: Child;
  readonly history: Pick<History, 'note'>;
  readonly random: SeededRandom;
  /** How much has gone in or out by now: it grows in the moment that something moves. */
  readonly moved: () => Promise<number>;
}

/** On a machine that does much else besides. */
const START_WITHIN_MS = 150_000;
const LIFE_MS = { shortest: 50, longest: 800 };
/** How long something is waited for that the log would show. */
const QUIET_MS = 800;

export class Killer {
  readonly #options: KillerOptions;
  #startMs = 1_000;

  constructor(options: KillerOptions) {
    this.#options = options;
  }

  /** One life, from a Gatehouse that is down to a Gatehouse that is down again. @throws Error when it ends by itself. */
  async oneLife(whenReady: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { random } = this.#options;
    const when = random.oneOf(['starting', 'any moment', 'any moment', 'something moves']);
    if (when === 'starting') return this.#killWhileStarting();
    await this.start();
    await whenReady();
    if (when === 'any moment') await pause(random.between(LIFE_MS.shortest, LIFE_MS.longest));
    else await this.#untilSomethingMoves();
    await this.kill(when);
  }

  async start(): Promise<void> {
    const began = performance.now();
    await this.#options.gatehouse.start(START_WITHIN_MS);
    this.#startMs = performance.now() - began;
    this.#options.history.note({ what: 'ready', afterMs: Math.round(this.#startMs) });
  }

  async kill(when: string): Promise<void> {
    const { gatehouse, history } = this.#options;
    if (!gatehouse.running) throw new Error(`Gatehouse ended by itself (${when})`);
    await gatehouse.stop('SIGKILL');
    history.note({ what: 'killed', when });
  }

  async #killWhileStarting(): Promise<void> {
    const { gatehouse, random } = this.#options;
    const starting = gatehouse.start().then(
      () => undefined,
      () => undefined,
    );
    await pause(random.between(0, this.#startMs));
    await this.kill('starting');
    await starting;
  }

  /** A moment after a network gave or took something: where an answer is on its way, or an outcome not yet on record. */
  async #untilSomethingMoves(): Promise<void> {
    const { moved, random } = this.#options;
    const before = await moved();
    const give = performance.now() + QUIET_MS;
    while ((await moved()) === before && performance.now() < give) await pause(1);
    await pause(random.between(0, 30));
  }
}
