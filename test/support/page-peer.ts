/** What stands between us and a provider and answers in its place, when it is told to. */
import { httpPeer, type HttpPeer } from './http-peer.ts';

export interface PagePeer extends HttpPeer {
  /** Undefined: the provider's own answer to everything. */
  instead: { readonly status: number; readonly type: string; readonly body: string } | undefined;
}

export const signIn = { status: 200, type: 'text/html; charset=utf-8', body: '<html>Sign in to the network</html>' };

/** @param answer the provider's, as JSON */
export async function pagePeer(answer: (path: string) => unknown): Promise<PagePeer> {
  const state: Pick<PagePeer, 'instead'> = { instead: undefined };
  const peer = await httpPeer(({ method = '', url = '' }, response) => {
    const { status, type, body } = state.instead ?? {
      status: method === 'POST' && url.includes('2010-04-01') ? 201 : 200,
      type: 'application/json',
      body: JSON.stringify(answer(`${method} ${url}`)),
    };
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  return Object.assign(state, peer);
}
