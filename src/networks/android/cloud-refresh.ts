/**
 * Through a cloud server the phone can't be asked for a list; but it can be told to look through its store, and to call
 * us with what it had not seen: what came while the app did not run. What comes twice is known by its id.
 */
import type { ConnectorContext } from '../../core/ports/connector.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { Gateway } from './gateway.ts';
import { refresh } from './inbox.ts';

const KEY = 'refreshed';
const HOUR_MS = 3_600_000;

export class CloudRefresh {
  readonly #ctx: Pick<ConnectorContext, 'kv' | 'clock' | 'log'>;
  readonly #gateway: Gateway;

  constructor(ctx: Pick<ConnectorContext, 'kv' | 'clock' | 'log'>, gateway: Gateway) {
    this.#ctx = ctx;
    this.#gateway = gateway;
  }

  /** Once an hour at most; an hour more than needed, for no clock is quite right. */
  async refresh(): Promise<void> {
    const { kv, clock, log } = this.#ctx;
    const now = clock.now();
    const stored = await kv.get(KEY);
    const last = stored === undefined ? now : Number(Buffer.from(stored).toString('utf8'));
    if (stored !== undefined && now - last < HOUR_MS) return;
    try {
      await refresh(this.#gateway, { since: last - HOUR_MS, until: now, tell: true });
      await kv.apply([{ key: KEY, value: Buffer.from(String(now)) }]);
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      log.warn('android.not-refreshed');
    }
  }
}
