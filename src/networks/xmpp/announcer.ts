/** Says "connected" once it is known whether files can be sent: what the connector can do is told with it. */
import { wait } from '../../core/clock.ts';
import type { ConnectorContext, ConnectorState } from '../../core/ports/connector.ts';
import type { Upload } from './upload.ts';

/** A server that doesn't say by then is asked again with the first file. */
const patienceMs = 3_000;

export class Announcer {
  readonly #ctx: ConnectorContext;
  readonly #upload: Upload;
  #newest: ConnectorState = { name: 'starting' };

  constructor(ctx: ConnectorContext, upload: Upload) {
    this.#ctx = ctx;
    this.#upload = upload;
  }

  state(state: ConnectorState): void {
    this.#newest = state;
    if (state.name !== 'connected') {
      this.#ctx.state(state);
      return;
    }
    this.#connected(state).catch((error: unknown) => {
      this.#ctx.log.error('xmpp.upload-not-found', {}, error);
    });
  }

  async #connected(state: ConnectorState): Promise<void> {
    const enough = new AbortController();
    const found = this.#upload.find().finally(() => {
      enough.abort();
    });
    if (!this.#upload.isKnown) await Promise.race([found, wait(this.#ctx.clock, patienceMs, enough.signal)]);
    enough.abort();
    if (this.#newest === state) this.#ctx.state(state);
    await found;
  }
}
