/** The daemon's `--http` door: `/api/v1/rpc`, `/api/v1/events`, `/api/v1/check` (HttpServerHandler, SseEventBuffer). */
import { once } from 'node:events';
import http from 'node:http';
import type { Daemon, Taker } from './daemon.ts';
import type { SimPerson } from './people.ts';

const kept = 1_000;
const keepAliveMs = 15_000;

interface NumberedEvent {
  readonly sequence: number;
  readonly account: SimPerson;
  readonly data: string;
}

export class HttpDoor {
  readonly #daemon: Daemon;
  readonly #server: http.Server;
  readonly #numbersEvents: boolean;
  readonly #prefix: string;
  readonly #streams = new Map<http.ServerResponse, readonly SimPerson[]>();
  readonly #recorded = new Set<SimPerson>();
  readonly #events: NumberedEvent[] = [];
  #sequence = 0;
  #port = 0;

  /** Daemons number their events only lately. */
  constructor(daemon: Daemon, numbersEvents: boolean) {
    this.#daemon = daemon;
    this.#numbersEvents = numbersEvents;
    this.#prefix = `${String(daemon.now())}-`;
    this.#server = http.createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
  }

  async listen(host: string, port: number): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    this.#port = address !== null && typeof address === 'object' ? address.port : 0;
    return this.#port;
  }

  cut(): void {
    for (const stream of this.#streams.keys()) stream.destroy();
    this.#server.closeAllConnections();
  }

  /** An event with these bytes as its data, into every stream. */
  inject(data: string): void {
    for (const stream of this.#streams.keys()) stream.write(`event:receive\ndata:${data}\n\n`);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${String(this.#port)}`);
    const status = this.#refusal(request, url.pathname);
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    if (url.pathname === '/api/v1/check') response.writeHead(200).end();
    else if (url.pathname === '/api/v1/rpc') await this.#rpc(request, response);
    else this.#stream(url, request, response);
  }

  #refusal({ method, headers }: http.IncomingMessage, path: string): number | undefined {
    const hosts = ['localhost', '127.0.0.1'].map((name) => `${name}:${String(this.#port)}`);
    if (!hosts.includes(headers.host ?? '')) return 421;
    if (!['/api/v1/rpc', '/api/v1/events', '/api/v1/check'].includes(path)) return 404;
    if (method !== (path === '/api/v1/rpc' ? 'POST' : 'GET')) return 405;
    if (path === '/api/v1/rpc' && headers['content-type']?.startsWith('application/json') !== true) return 415;
    return undefined;
  }

  async #rpc(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) if (Buffer.isBuffer(piece)) pieces.push(piece);
    const answer = this.#daemon.answer(Buffer.concat(pieces).toString('utf8'), () => undefined);
    // An answer that gets lost leaves the request open until the connection is cut.
    if (answer === undefined) return;
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  #stream(url: URL, request: http.IncomingMessage, response: http.ServerResponse): void {
    const daemon = this.#daemon;
    const name = url.searchParams.get('account');
    const named = daemon.accounts.filter(({ number }) => name === null || !daemon.options.multi || number === name);
    if (named.length === 0) {
      response.writeHead(400).end();
      return;
    }
    if (daemon.failsStreams > 0) {
      daemon.failsStreams -= 1;
      response.writeHead(500).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    const after = request.headers['last-event-id'];
    if (typeof after === 'string' && this.#numbersEvents) this.#replay(response, named, after);
    this.#streams.set(response, named);
    const alive = setInterval(() => response.write(':\n'), keepAliveMs);
    // Without a stream nothing is received: this one only keeps the daemon at it.
    const keeper: Taker = () => undefined;
    for (const account of named) this.#record(account);
    for (const account of named) daemon.subscribe(account, keeper);
    response.on('error', () => undefined);
    response.on('close', () => {
      clearInterval(alive);
      this.#streams.delete(response);
      for (const account of named) daemon.unsubscribe(account, keeper);
      this.#forgetUnlessStreamed(named);
    });
  }

  readonly #recorder: Taker = (received, account) => {
    this.#sequence += 1;
    const event = { sequence: this.#sequence, account, data: JSON.stringify(received) };
    this.#events.push(event);
    if (this.#events.length > kept) this.#events.shift();
    for (const [stream, accounts] of this.#streams) if (accounts.includes(account)) this.#write(stream, event);
  };

  #record(account: SimPerson): void {
    if (this.#recorded.has(account)) return;
    this.#recorded.add(account);
    this.#daemon.subscribe(account, this.#recorder);
  }

  /** The recorder never receives by itself. */
  #forgetUnlessStreamed(accounts: readonly SimPerson[]): void {
    for (const account of accounts) {
      if (Array.from(this.#streams.values()).some((streamed) => streamed.includes(account))) continue;
      this.#recorded.delete(account);
      this.#daemon.unsubscribe(account, this.#recorder);
    }
  }

  #replay(stream: http.ServerResponse, accounts: readonly SimPerson[], after: string): void {
    const last = after.startsWith(this.#prefix) ? Number(after.slice(this.#prefix.length)) : 0;
    for (const event of this.#events) {
      if (event.sequence > last && accounts.includes(event.account)) this.#write(stream, event);
    }
  }

  #write(stream: http.ServerResponse, { sequence, data }: NumberedEvent): void {
    const id = this.#numbersEvents ? `id:${this.#prefix}${String(sequence)}\n` : '';
    stream.write(`${id}event:receive\ndata:${data}\n\n`);
  }
}
