/** Stands in front of a server on this machine and does to its connections what networks do to them. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../src/demo/synapse/free-port.ts';

/** `there`: from the client to the server; `back`: from the server to the client. */
export type Way = 'there' | 'back';

export interface Fault {
  /** Bytes come this much later, in their order. */
  readonly delayMs?: number;
  /** Every connection that is open or comes is reset after so many further bytes of `way`. */
  readonly cutAfter?: { readonly way: Way; readonly bytes: number };
  /** A connection that lives longer is reset: a peer that gives up early. */
  readonly cutAfterMs?: number;
  /** Half-open: bytes of these ways are taken and vanish, and the connection stays as it is. */
  readonly swallow?: readonly Way[];
  /** Bytes of these ways wait until the fault is over. */
  readonly hold?: readonly Way[];
}

const READ_HIGH = 4 * 1024 * 1024;

export class FaultyProxy implements AsyncDisposable {
  readonly port: number;
  readonly #to: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #watch: ((bytes: Buffer) => void) | undefined;
  #fault: Fault = {};

  private constructor(given: {
    server: Server;
    port: number;
    to: number;
    watch: ((bytes: Buffer) => void) | undefined;
  }) {
    this.#server = given.server;
    this.port = given.port;
    this.#to = given.to;
    this.#watch = given.watch;
    this.#server.on('connection', (client) => {
      this.#join(client);
    });
  }

  /** @param watch sees every piece that reaches the server. */
  static async open(to: number, watch?: (bytes: Buffer) => void): Promise<FaultyProxy> {
    const server = createServer();
    // It listens there again and again: nobody else may be given the port meanwhile.
    server.listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return new FaultyProxy({ server, port: address.port, to, watch });
  }

  /** Pieces that wait now. */
  get held(): number {
    return [...this.#links].reduce((sum, link) => sum + link.held, 0);
  }

  /** From now on, until `heal`; replaces the fault before. */
  behave(fault: Fault): void {
    this.#fault = fault;
    for (const link of this.#links) link.behave(fault);
  }

  /** What waits goes on; a connection that lost bytes is reset, as its peers would in the end. */
  heal(): void {
    this.#fault = {};
    for (const link of this.#links) link.heal();
  }

  /** Resets what is open. */
  cut(): void {
    for (const link of this.#links) link.end();
  }

  /** Nobody listens any more, as after the death of the server. */
  async refuse(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  async accept(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
  }

  #join(client: Socket): void {
    const link = new Link({ client, server: connect(this.#to, '127.0.0.1'), watch: this.#watch }, () => {
      this.#links.delete(link);
    });
    this.#links.add(link);
    link.behave(this.#fault);
  }
}

interface Ends {
  readonly client: Socket;
  readonly server: Socket;
  readonly watch: ((bytes: Buffer) => void) | undefined;
}

/** One connection through the proxy. */
class Link {
  readonly #ends: Ends;
  readonly #waiting: Record<Way, Buffer[]> = { there: [], back: [] };
  #fault: Fault = {};
  #left = Infinity;
  #lossy = false;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(ends: Ends, gone: () => void) {
    this.#ends = ends;
    const { client, server } = ends;
    for (const [socket, way] of [
      [client, 'there'],
      [server, 'back'],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        this.#take(way, bytes);
      });
      socket.on('close', () => {
        this.end();
        gone();
      });
    }
  }

  get held(): number {
    return this.#waiting.there.length + this.#waiting.back.length;
  }

  behave(fault: Fault): void {
    this.#fault = fault;
    this.#left = fault.cutAfter?.bytes ?? Infinity;
    clearTimeout(this.#timer);
    if (fault.cutAfterMs !== undefined) {
      this.#timer = setTimeout(() => {
        this.end();
      }, fault.cutAfterMs);
    }
    this.#release();
  }

  heal(): void {
    if (this.#lossy) this.end();
    else this.behave({});
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#ends.client.resetAndDestroy();
    this.#ends.server.resetAndDestroy();
  }

  #take(way: Way, bytes: Buffer): void {
    const { swallow = [], hold = [], delayMs = 0 } = this.#fault;
    if (swallow.includes(way)) {
      this.#lossy = true;
    } else if (hold.includes(way) || this.#waiting[way].length > 0) {
      this.#waiting[way].push(bytes);
      this.#pauseWhenMuch(way);
    } else if (delayMs > 0) {
      // Timers of one length fire in the order in which they were set.
      setTimeout(() => {
        this.#pass(way, bytes);
      }, delayMs);
    } else {
      this.#pass(way, bytes);
    }
  }

  #pass(way: Way, bytes: Buffer): void {
    if (this.#over) return;
    const [from, to] = this.#socketsOf(way);
    const counts = this.#fault.cutAfter?.way === way;
    const going = counts ? bytes.subarray(0, this.#left) : bytes;
    if (way === 'there') this.#ends.watch?.(going);
    if (!to.write(going)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
    if (!counts) return;
    this.#left -= going.length;
    // What was let through arrives; then the connection is gone.
    if (this.#left <= 0) {
      to.end();
      setImmediate(() => {
        this.end();
      });
    }
  }

  #release(): void {
    const { hold = [] } = this.#fault;
    for (const way of ['there', 'back'] as const) {
      if (hold.includes(way)) continue;
      for (const bytes of this.#waiting[way].splice(0)) this.#pass(way, bytes);
      this.#socketsOf(way)[0].resume();
    }
  }

  #pauseWhenMuch(way: Way): void {
    const bytes = this.#waiting[way].reduce((sum, one) => sum + one.length, 0);
    if (bytes > READ_HIGH) this.#socketsOf(way)[0].pause();
  }

  #socketsOf(way: Way): readonly [from: Socket, to: Socket] {
    const { client, server } = this.#ends;
    return way === 'there' ? [client, server] : [server, client];
  }
}
