/** Whether the provider takes our credentials: asked where the config says how, else believed until it says no. */
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { Clock } from '../../core/clock.ts';

const soonMs = 5_000;

/** `title` is the provider's name, by the config. */
export function badCredentials(title: string): ConnectorState {
  return { name: 'bad-credentials', detail: `${title} does not take what the config's secrets say` };
}

export function noAnswer(title: string): ConnectorState {
  return { name: 'connecting', detail: `${title} does not answer, or answers with an error` };
}

interface HealthOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly state: (state: ConnectorState) => void;
  /** Undefined where the config has no question. */
  readonly ask: (() => Promise<ConnectorState>) | undefined;
}

export class Health {
  readonly #options: HealthOptions;
  #cancel: () => void = () => undefined;
  #asking = false;
  #stopped = false;
  #said = '';

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.ask === undefined) this.#say({ name: 'connected' });
    else this.#in(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Soon it is asked again; where there is no question, the next send finds out. */
  trouble(state: ConnectorState): void {
    this.#say(state);
    this.#in(this.#soon());
  }

  well(): void {
    this.#say({ name: 'connected' });
  }

  #soon(): number {
    return Math.min(soonMs, this.#options.everyMs);
  }

  #in(ms: number): void {
    if (this.#stopped || this.#asking) return;
    this.#cancel();
    this.#cancel = this.#options.clock.after(ms, () => {
      this.#round().catch(() => {
        this.#asking = false;
        this.trouble({ name: 'connecting' });
      });
    });
  }

  async #round(): Promise<void> {
    this.#asking = true;
    const state = (await this.#options.ask?.()) ?? { name: 'connected' as const };
    this.#asking = false;
    if (this.#stopped) return;
    this.#say(state);
    if (this.#options.ask !== undefined) this.#in(state.name === 'connected' ? this.#options.everyMs : this.#soon());
  }

  #say(state: ConnectorState): void {
    if (this.#stopped || this.#said === state.name) return;
    this.#said = state.name;
    this.#options.state(state);
  }
}
