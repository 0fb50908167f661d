/** The parts of a connector's context for tests in which nothing is asked over HTTP and nobody types. */
import type { ConnectorContext } from '../../src/core/ports/connector.ts';
import { FetchFailed } from '../../src/core/ports/safe-fetch.ts';

const refused = (): Promise<never> => Promise.reject(new FetchFailed('refused', 'no network in this test'));

export const withoutNetwork: Pick<ConnectorContext, 'lines' | 'http' | 'fetch' | 'api' | 'typing' | 'presence'> = {
  lines: [],
  http: { url: undefined, onRequest: () => undefined },
  fetch: refused,
  api: () => refused,
  typing: () => undefined,
  presence: () => undefined,
};
