/** How the connector stands, told when it changes: the connection itself, and the accounts that should be connected. */
import type { ConnectorState } from '../../core/ports/connector.ts';

export class Standing {
  readonly #tell: (state: ConnectorState) => void;
  #link: ConnectorState = { name: 'starting' };
  #missing: string | undefined;
  #told = '';

  constructor(tell: (state: ConnectorState) => void) {
    this.#tell = tell;
  }

  get connected(): boolean {
    return this.#link.name === 'connected';
  }

  link(state: ConnectorState): void {
    this.#link = state;
    this.#say();
  }

  /** `missing` of `all` accounts that are lines have no open connection. */
  accounts(missing: number, all: number): void {
    this.#missing =
      missing === 0
        ? undefined
        : `${String(missing)} of ${String(all)} personal accounts on lines of this bot ${missing === 1 ? 'is' : 'are'} not connected to it: what is written there is not recorded`;
    this.#say();
  }

  #say(): void {
    const state = this.#state();
    const words = JSON.stringify(state);
    if (words === this.#told) return;
    this.#told = words;
    this.#tell(state);
  }

  #state(): ConnectorState {
    if (this.#missing === undefined || this.#link.name !== 'connected') return this.#link;
    return { name: 'degraded', detail: this.#missing };
  }
}
