/** Asks the provider that the admin named: over a few connections that are kept open between questions. */
import { Pool } from 'undici';
import type { Clock } from '../../core/clock.ts';
import { FetchFailed, type ApiFetch } from '../../core/ports/safe-fetch.ts';
import { ask, DEFAULT_MS } from './ask.ts';
import { connectorOf } from './connect.ts';
import { Deadline } from './deadline.ts';

/** At once, to one provider; further questions wait for their turn, within their time. */
const CONNECTIONS = 32;
/** Shorter than what servers keep idle connections for, so that few questions meet one that is just being closed. */
const IDLE_MS = 4_000;

export interface ApiOptions {
  readonly clock: Clock;
  readonly ca?: string;
  /** Aborted when everything under way ends. */
  readonly closing: AbortSignal;
}

export interface OpenApi {
  readonly fetch: ApiFetch;
  /** Ends what is under way and closes the connections. */
  close(): Promise<void>;
}

/** @throws Error when `origin` is no http(s) origin */
export function openApi(origin: string, { clock, ca, closing }: ApiOptions): OpenApi {
  const url = originOf(origin);
  const pool = new Pool(url.origin, {
    connect: connectorOf({ clock, ...(ca !== undefined && { ca }) }),
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
  });
  return {
    close: () => pool.destroy(),
    fetch: async (path, wish = {}) => {
      if (!path.startsWith('/')) throw new FetchFailed('refused', `${url.host}: a path that begins with no slash`);
      const stop = wish.signal === undefined ? closing : AbortSignal.any([closing, wish.signal]);
      const deadline = new Deadline(clock, wish.timeoutMs ?? DEFAULT_MS, stop);
      const done = (): void => {
        deadline.end();
      };
      const { signal } = deadline;
      return (await ask({ over: pool, origin: url.origin, path, where: url.host, wish, signal, done })).answer;
    },
  };
}

function originOf(origin: string): URL {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url?.href === `${url?.origin ?? ''}/` && /^https?:$/u.test(url.protocol)) return url;
  throw new Error('the address of a provider is an origin: https://api.example');
}
