/**
 * One connector from its making to its end. One that can't begin takes nobody else with it: its gate stays closed, so
 * that what is written waits in its lanes, people are told, and it is made anew and tried again, less and less often.
 * Nothing of this is noted: after a kill it begins as at any start.
 */
import { wait, type Clock } from '../core/clock.ts';
import type { ConnectorId } from '../core/ids.ts';
import type { Connector, ConnectorState } from '../core/ports/connector.ts';
import type { ConnectorHealth } from '../core/ports/health.ts';
import type { Log } from '../core/ports/log.ts';
import type { Webhook } from '../core/ports/webhook.ts';
import { backOff, type BackOff } from '../networks/back-off.ts';

/** Time that it has to say goodbye to its network. */
const STOP_MS = 5_000;
/** One that doesn't keep to it is left behind. */
const LEFT_BEHIND_MS = STOP_MS + 1_000;
const AGAIN: BackOff = { first: 2_000, most: 300_000 };
const NOT_YET = new Set<ConnectorHealth>(['starting', 'connecting', 'stopped']);

/** What a connector's context has of the attempt that it was made for. */
export interface Attempt {
  /** Aborted when it must stop. */
  readonly signal: AbortSignal;
  readonly state: (state: ConnectorState) => void;
  readonly onRequest: (webhook: Webhook) => void;
}

export interface LifeOptions {
  readonly id: ConnectorId;
  readonly make: (attempt: Attempt) => Connector;
  readonly state: (state: { readonly name: ConnectorHealth; readonly detail?: string }) => void;
  /** What an error may say where people read it, the log too: it may hold what is secret in the config. */
  readonly words: (error: unknown) => string;
  readonly clock: Clock;
  readonly log: Log;
}

class Making {
  readonly ending = new AbortController();
  webhook: Webhook | undefined;
  begun = false;
  /** It was given up: nothing is heard from it any more. */
  over = false;
  /** The newest of what it said while "failed" stands. */
  unsaid: ConnectorState = { name: 'starting' };
}

interface Made {
  readonly connector: Connector;
  readonly making: Making;
}

export class ConnectorLife {
  readonly #options: LifeOptions;
  readonly #stopping = new AbortController();
  readonly #tried = Promise.withResolvers<undefined>();
  #made: Made;
  #beginning: Promise<void> = Promise.resolve();
  /** In a row. */
  #failures = 0;
  #shown: ConnectorHealth = 'starting';
  #logged: string | undefined;

  /** @throws what `make` throws: there is nothing yet that could be tried again */
  constructor(options: LifeOptions) {
    this.#options = options;
    this.#made = this.#make();
  }

  get connector(): Connector {
    return this.#made.connector;
  }

  /** Undefined for one that nobody calls. */
  get webhook(): Webhook | undefined {
    return this.#made.making.webhook;
  }

  /** It could not begin, and has not since. */
  get failed(): boolean {
    return this.#failures > 0;
  }

  /** Resolves when it has begun, or has failed once: then it is tried again behind it. */
  start(): Promise<void> {
    this.#beginning = this.#begin();
    return this.#tried.promise;
  }

  /** Never throws, and leaves behind what does not end in time. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#inTime(this.#end());
  }

  async #end(): Promise<void> {
    if (!this.#made.making.over) await this.#stopped(this.#made);
    await this.#beginning;
  }

  async #begin(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted && !(await this.#try())) {
      this.#tried.resolve(undefined);
      await wait(this.#options.clock, backOff(AGAIN, this.#failures), signal);
    }
    this.#tried.resolve(undefined);
  }

  async #try(): Promise<boolean> {
    try {
      if (this.#made.making.over) this.#made = this.#make();
      await this.#made.connector.start();
      this.#begun(this.#made.making);
      return true;
    } catch (error) {
      if (!this.#stopping.signal.aborted) await this.#giveUp(error);
      return false;
    }
  }

  #begun(making: Making): void {
    making.begun = true;
    if (!this.failed) return;
    this.#options.log.info('connector.begun', { connector: this.#options.id, failures: this.#failures });
    this.#failures = 0;
    this.#logged = undefined;
    if (this.#shown === 'failed') this.#show(making.unsaid);
  }

  async #giveUp(error: unknown): Promise<void> {
    const { words, log, id } = this.#options;
    const made = this.#made;
    const given = made.making.over;
    made.making.over = true;
    this.#failures += 1;
    const detail = words(error);
    // A trouble of a day is one line in the log, however often it is tried to end it.
    if (detail !== this.#logged) log.error('connector.start-failed', { connector: id, why: detail });
    this.#logged = detail;
    this.#show({ name: 'failed', detail });
    if (!given) await this.#inTime(this.#stopped(made));
  }

  async #stopped({ connector, making }: Made): Promise<void> {
    making.ending.abort();
    try {
      await connector.stop(STOP_MS);
    } catch (error) {
      const { log, id, words } = this.#options;
      log.error('connector.stop-failed', { connector: id, why: words(error) });
    }
  }

  async #inTime(ending: Promise<void>): Promise<void> {
    const over = new AbortController();
    await Promise.race([ending, wait(this.#options.clock, LEFT_BEHIND_MS, over.signal)]);
    over.abort();
  }

  #make(): Made {
    const making = new Making();
    const connector = this.#options.make({
      signal: making.ending.signal,
      state: (state) => {
        this.#heard(making, state);
      },
      onRequest: (webhook) => {
        making.webhook = webhook;
      },
    });
    return { connector, making };
  }

  /** "Failed" stands until there is something better to say: that it is being tried again is nothing new. */
  #heard(making: Making, state: ConnectorState): void {
    if (making.over) return;
    if (this.failed && !making.begun && NOT_YET.has(state.name)) making.unsaid = state;
    else this.#show(state);
  }

  #show(state: Parameters<LifeOptions['state']>[0]): void {
    this.#shown = state.name;
    this.#options.state(state);
  }
}
