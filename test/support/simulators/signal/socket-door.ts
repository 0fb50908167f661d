/** The daemon's `--tcp` and `--socket` doors. */
import net from 'node:net';
import { createInterface } from 'node:readline';
import type { Daemon, OwnCommand, Taker } from './daemon.ts';
import { errors } from './errors.ts';
import type { SimPerson } from './people.ts';

export class SocketDoor {
  readonly #daemon: Daemon;
  readonly #server: net.Server;
  readonly #open = new Set<net.Socket>();
  #subscriptions = 0;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
    this.#server = net.createServer((socket) => {
      this.#serve(socket);
    });
  }

  /** A port of 0 takes any free one; a path is a unix socket's. @returns the port, 0 for a path */
  async listen(at: { readonly host: string; readonly port: number } | { readonly path: string }): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(at, resolve);
    });
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Bytes as they are into every connection. */
  inject(text: string): void {
    for (const socket of this.#open) socket.write(text);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #serve(socket: net.Socket): void {
    const daemon = this.#daemon;
    const subscribed = new Map<number, () => void>();
    const write = (message: object): void => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
    };
    const subscribe = (account: SimPerson, wrap: (received: object) => object): (() => void) => {
      const taker: Taker = (received) => {
        write({ jsonrpc: '2.0', method: 'receive', params: wrap(received) });
      };
      daemon.subscribe(account, taker);
      return () => {
        daemon.unsubscribe(account, taker);
      };
    };
    const own: OwnCommand = (name, account, params) => {
      if (name === 'subscribeReceive') {
        const id = this.#subscriptions++;
        const accounts = account === undefined ? daemon.accounts : [account];
        // The answer goes first: what was kept follows it.
        queueMicrotask(() => {
          const ends = accounts.map((one) => subscribe(one, (received) => ({ subscription: id, result: received })));
          subscribed.set(id, () => {
            for (const end of ends) end();
          });
        });
        return id;
      }
      if (name !== 'unsubscribeReceive') return undefined;
      const id = subscriptionOf(params);
      const end = subscribed.get(id);
      if (end === undefined) throw errors.user('Unknown subscription id');
      end();
      subscribed.delete(id);
      return {};
    };
    this.#open.add(socket);
    const internal = daemon.options.receiveMode === 'on-start' ? daemon.accounts : [];
    const ends = internal.map((account) => subscribe(account, (received) => received));
    const over = (): void => {
      this.#open.delete(socket);
      for (const end of [...ends, ...subscribed.values()]) end();
      subscribed.clear();
    };
    socket.on('error', () => undefined);
    socket.on('close', over);
    createInterface({ input: socket }).on('line', (line) => {
      const answer = daemon.answer(line, own);
      if (answer !== undefined) write(answer);
    });
  }
}

function subscriptionOf(params: unknown): number {
  const id: unknown =
    typeof params === 'object' && params !== null && 'subscription' in params ? params.subscription : undefined;
  if (typeof id !== 'number') throw errors.user('Missing subscription parameter with subscription id');
  return id;
}
