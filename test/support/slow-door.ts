/** A TCP proxy in front of a listener that can hold back the transactions that come through it. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const POLL_MS = 20;

export class SlowDoor {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];
  #holding = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${String(port)}`;
  }

  /** @param to where it leads: `http://host:port`. */
  static async open(to: string): Promise<SlowDoor> {
    const { hostname, port } = new URL(to);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const door = new SlowDoor(server, address.port);
    server.on('connection', (from) => {
      door.#join(from, connect(Number(port), hostname));
    });
    return door;
  }

  /** From now on nothing comes through; what is under way back still does. */
  hold(): void {
    this.#holding = true;
  }

  release(): void {
    this.#holding = false;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when something is held back. */
  async holds(): Promise<void> {
    while (this.#waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(from: Socket, to: Socket): void {
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    to.pipe(from);
    from.on('data', (bytes) => {
      if (!this.#holding && this.#waiting.length === 0) {
        to.write(bytes);
        return;
      }
      this.#waiting.push(() => to.write(bytes));
    });
  }
}
