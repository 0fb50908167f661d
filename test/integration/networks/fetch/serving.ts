/** Servers on the loopback interface, and fetching that may reach those that a test names. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock } from '../../../../src/core/clock.ts';
import { createFetching, type Fetching, type FetchingOptions } from '../../../../src/networks/fetch/fetching.ts';
import { httpPeer } from '../../../support/http-peer.ts';

type Answering = Parameters<typeof httpPeer>[0];

export class Serving implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  /** `127.0.0.1:<port>` */
  async http(answer: Answering): Promise<string> {
    const peer = this.#stack.use(await httpPeer(answer));
    return new URL(peer.url).host;
  }

  /** Hands over each socket as it is. */
  async raw(meet: (socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      meet(socket);
    });
    return this.server(server, sockets);
  }

  /** Closed in the end, with its sockets. */
  async server(server: Server, sockets: ReadonlySet<Socket>): Promise<string> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#stack.defer(async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    });
    return `127.0.0.1:${String(portOf(server))}`;
  }

  fetching(options: Partial<FetchingOptions> = {}): Fetching {
    return this.#stack.use(createFetching({ clock: systemClock, ...options }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export function portIn(host: string): string {
  return host.slice(host.lastIndexOf(':') + 1);
}
