/**
 * Messages that Twilio told us more of when it called than its list tells: the order of their pictures, a place, what
 * they answer. From the list they would look like other messages, so they are known by a note of their own.
 */
import type { Millis, RemoteId } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit } from '../../core/ports/connector.ts';

const PREFIX = 'richer/';
/** Twilio keeps its list for 13 months. */
const KEPT_MS = 400 * 86_400_000;

export class Richer {
  readonly #ctx: Pick<ConnectorContext, 'kv' | 'clock'>;

  constructor(ctx: Pick<ConnectorContext, 'kv' | 'clock'>) {
    this.#ctx = ctx;
  }

  /** Commits with the message. */
  note(id: RemoteId, at: Millis): KvEdit {
    return { key: PREFIX + id, value: Buffer.from(String(at)) };
  }

  async has(id: string): Promise<boolean> {
    return (await this.#ctx.kv.get(PREFIX + id)) !== undefined;
  }

  async forgetOld(): Promise<void> {
    const { kv, clock } = this.#ctx;
    const before = clock.now() - KEPT_MS;
    const old = (await kv.list(PREFIX)).filter(({ value }) => !(Number(Buffer.from(value).toString('utf8')) >= before));
    if (old.length > 0) await kv.apply(old.map(({ key }) => ({ key, value: null })));
  }
}
