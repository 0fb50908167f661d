/** HTTP for connectors: see `core/ports/safe-fetch.ts`. */
import type { Clock } from '../../core/clock.ts';
import type { ApiFetch, GuardedFetch } from '../../core/ports/safe-fetch.ts';
import { openApi, type OpenApi } from './api.ts';
import { guardedFetch } from './guarded.ts';

export interface FetchingOptions {
  readonly clock: Clock;
  /** `host:port` of private places that links from outside may lead to (config `media.fetchFrom`). */
  readonly fetchFrom?: readonly string[];
  /** All addresses of a name; the system's resolver where absent. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** PEM of authorities to trust in place of the system's. */
  readonly ca?: string;
}

/** Disposing ends what is under way. */
export interface Fetching extends AsyncDisposable {
  readonly fetch: GuardedFetch;
  /** The same connections for all that ask one origin. @throws Error when it is no http(s) origin */
  readonly api: (origin: string) => ApiFetch;
}

export function createFetching({ clock, fetchFrom = [], resolve, ca }: FetchingOptions): Fetching {
  const closing = new AbortController();
  /** As many as the config names providers. */
  const apis = new Map<string, OpenApi>();
  const authority = ca === undefined ? {} : { ca };
  const lookup = resolve === undefined ? {} : { resolve };
  return {
    fetch: guardedFetch({ clock, fetchFrom, ...lookup, ...authority, closing: closing.signal }),
    api: (origin) => {
      const api = apis.get(origin) ?? openApi(origin, { clock, ...authority, closing: closing.signal });
      apis.set(origin, api);
      return api.fetch;
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(Array.from(apis.values(), (api) => api.close()));
    },
  };
}
