/** A loopback HTTP server for simulators of JSON APIs. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Asked {
  readonly route: string;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

export interface JsonServer extends AsyncDisposable {
  readonly url: string;
  /** Breaks every connection. */
  cut(): void;
}

export interface Said {
  readonly status: number;
  readonly body?: unknown;
  readonly bytes?: Buffer;
}

/** `answer` says status and body; undefined never answers. */
export async function jsonServer(
  answer: (asked: Asked) => Said | undefined | Promise<Said | undefined>,
  at: { readonly host?: string; readonly port?: number } = {},
): Promise<JsonServer> {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const body = await buffer(request);
    const said = await answer({ route: `${request.method ?? ''} ${url.pathname}`, url, request, body });
    if (said === undefined) return;
    const type = said.bytes === undefined ? 'application/json' : 'application/octet-stream';
    response.writeHead(said.status, { 'content-type': type }).end(said.bytes ?? JSON.stringify(said.body ?? {}));
  };
  const { host = '127.0.0.1', port = 0 } = at;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${String(portOf(server))}`,
    cut: () => {
      server.closeAllConnections();
    },
    [Symbol.asyncDispose]: () => {
      server.close();
      server.closeAllConnections();
      return Promise.resolve();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
